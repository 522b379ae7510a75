"""Addresses and views that every domain has."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis.access.middleware import viewer_on
from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.query import LayerQuery
from gis.layers.registry import all_layers
from gis.problems import NotFound, Text
from gis.web.pages.domains.downloads import download
from gis.web.pages.domains.listing import Listing, domain_of, item_href
from gis.web.pages.domains.values import shown

View = Callable[..., HttpResponseBase]
_titles: dict[str, Text] = {}


def domain_pages(domain: str, title: Text) -> list[URLPattern]:
    """The addresses of *domain*'s pages, below `/{domain}/`; it then stands in every page's navigation."""
    _titles[domain] = title
    return [
        path("", require_safe(_front(domain))),
        path("<slug:name>/", require_safe(_listed(domain))),
        path("<slug:name>/<path:key>", require_safe(_detail(domain))),
    ]


def domains() -> list[tuple[str, Text]]:
    """(name, title) of each domain that has pages."""
    return list(_titles.items())


def _front(domain: str) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        viewer = viewer_on(request)
        layers = [layer for layer in all_layers(viewer) if domain_of(layer) == domain]
        lists = [(layer, Listing(layer, viewer, (), 1)) for layer in layers]
        return _page(request, domain, "front", {"lists": lists})

    return view


def _listed(domain: str) -> View:
    def view(request: HttpRequest, name: str) -> HttpResponseBase:
        viewer = viewer_on(request)
        layer = _layer(domain, name, viewer)
        listing = Listing.asked(layer, viewer, request.GET)
        if "f" in request.GET:
            return download(listing, request.GET["f"], bom=request.GET.get("bom") == "1")
        return _page(request, domain, "list", {"layer": layer, "listing": listing})

    return view


def _detail(domain: str) -> View:
    def view(request: HttpRequest, name: str, key: str) -> HttpResponse:
        viewer = viewer_on(request)
        layer = _layer(domain, name, viewer)
        read = layer.read_key(key)
        query = LayerQuery(layer, viewer, keys=() if read is None else (read,), limit=1)
        row = None if read is None else next(query.records(), None)
        if row is None:
            raise NotFound(_("There is no feature with this identifier."))
        values = zip(query.fields, row[1:], strict=True)
        facts = [(field, shown(field, value)) for field, value in values if not field.for_drawing]
        item = item_href(layer, row[0]).replace(f"/{domain}/{layer.name}/", f"/ogc/collections/{layer.name}/items/", 1)
        return _page(request, domain, "detail", {"layer": layer, "key": row[0], "facts": facts, "item": item})

    return view


def _layer(domain: str, name: str, viewer: Viewer) -> Layer:
    """The layer *name* of *domain*, if it exists for *viewer*. Raises `NotFound`."""
    found = next((layer for layer in all_layers(viewer) if layer.name == name and domain_of(layer) == domain), None)
    if found is None:
        raise NotFound(_("There is no layer of this name."))
    return found


def _page(request: HttpRequest, domain: str, template: str, content: dict[str, object]) -> HttpResponse:
    context = {"domain": domain, "domain_title": _titles[domain], "domains": domains(), **content}
    response = render(request, f"pages/domains/{template}.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response
