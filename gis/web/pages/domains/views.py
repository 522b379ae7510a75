"""Addresses and views that every domain has."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis.access.middleware import viewer_on
from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.asking import Asked
from gis.layers.query import LayerQuery
from gis.layers.values import NOTHING, shown, title_of
from gis.problems import NotFound, Text
from gis.web.pages.addresses import Domain, declare, map_href
from gis.web.pages.domains.downloads import download, in_background, is_long, offered, page_features
from gis.web.pages.domains.listing import Listing, newest
from gis.web.pages.domains.maps import around_row, beside_list

View = Callable[..., HttpResponseBase]
PAGE_FORM = "page"
"""`?f=page`: the rows of one page as GeoJSON, for the map beside them."""


def domain_pages(name: str, title: Text, *, layers: tuple[str, ...], **links: Any) -> list[URLPattern]:
    """The addresses below `/{name}/`, where the domain shows *layers*; it then stands in every page's navigation.

    *links*: `row_links` and `more`, the ways to other pages of its own (see `Domain`).
    """
    domain = Domain(name, title, layers, **links)
    declare(domain)
    return [
        path("", require_safe(_front(domain))),
        path("<slug:name>/", require_http_methods(["GET", "HEAD", "POST"])(_listed(domain))),
        path("<slug:name>/<path:key>", require_safe(_detail(domain))),
    ]


def _front(domain: Domain) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        viewer = viewer_on(request)
        lists = [(layer, Listing(Asked(layer), viewer), newest(layer, viewer)) for layer in domain.layers_for(viewer)]
        return _page(request, domain, "front", {"lists": lists})

    return view


def _listed(domain: Domain) -> View:
    def view(request: HttpRequest, name: str) -> HttpResponseBase:
        viewer = viewer_on(request)
        layer = _layer(domain, name, viewer)
        listing = Listing.read(layer, viewer, request.GET)
        if request.method == "POST":
            return redirect("job", job_id=in_background(listing, request.POST.get("f", "")).pk)
        if request.GET.get("f") == PAGE_FORM:
            return page_features(listing)
        if "f" in request.GET:
            return download(listing, request.GET["f"])
        rows = listing.here(f=PAGE_FORM)
        config = beside_list(layer, viewer, rows)
        files = {"forms": offered(listing), "long": is_long(listing)}
        return _page(request, domain, "list", {"layer": layer, "listing": listing, **files, "config": config})

    return view


def _detail(domain: Domain) -> View:
    def view(request: HttpRequest, name: str, key: str) -> HttpResponse:
        viewer = viewer_on(request)
        layer = _layer(domain, name, viewer)
        read = layer.read_key(key)
        query = LayerQuery(layer, viewer, keys=() if read is None else (read,), limit=1)
        row = None if read is None else next(query.records(), None)
        if row is None:
            raise NotFound(_("There is no feature with this identifier."))
        facts = [
            (field, shown(field, value))
            for field, value in zip(query.fields, row[1:], strict=True)
            if not field.for_drawing
        ]
        item = f"/ogc/collections/{layer.name}/items/{quote(str(row[0]), safe='')}"
        content = {
            "layer": layer,
            "title": title_of(layer, query.fields, row),
            "facts": facts,
            "sections": [told for make in layer.sections if (told := make(query.areas, row[0])) is not None],
            "nothing": NOTHING,
            "item": item,
            "map": map_href(layer, row[0]),
            "row_links": domain.row_links(viewer, layer.name, row[0]),
            "config": around_row(layer, viewer, item),
        }
        return _page(request, domain, "detail", content)

    return view


def _layer(domain: Domain, name: str, viewer: Viewer) -> Layer:
    """The layer *name* of *domain*, if it exists for *viewer*. Raises `NotFound`."""
    found = next((layer for layer in domain.layers_for(viewer) if layer.name == name), None)
    if found is None:
        raise NotFound(_("There is no layer of this name."))
    return found


def _page(request: HttpRequest, domain: Domain, template: str, content: dict[str, object]) -> HttpResponse:
    response = render(request, f"pages/domains/{template}.html", {"domain": domain, **content})
    response["Cache-Control"] = "private, no-cache"
    return response
