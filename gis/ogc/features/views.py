"""Addresses of OGC API – Features below `/ogc`."""

import hashlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from gis.access.middleware import viewer_on
from gis.layers.registry import get
from gis.ogc.common.addresses import public_address
from gis.ogc.common.caching import let_keep
from gis.ogc.features import documents, operations
from gis.ogc.features.documents import GEOJSON, OPENAPI, Address
from gis.ogc.features.params import DOCUMENT, only, read_items
from gis.problems import NotAcceptable, NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

ACCEPTED = ("application/geo+json", "application/json", "application/vnd.oai.openapi+json", "text/html")
"""What a client may ask for; a browser that prefers pages is given JSON."""
METHODS = "GET, HEAD, OPTIONS"


def reading(view: View[P]) -> View[P]:
    """GET, HEAD and OPTIONS alone, for clients that take JSON."""

    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": METHODS})
        if request.method not in ("GET", "HEAD"):
            raise NotAllowed(expected=METHODS)
        if not any(request.accepts(kind) for kind in ACCEPTED):
            raise NotAcceptable(field="Accept", expected="application/geo+json, application/json")
        return view(request, *args, **kwargs)

    return answer


def at(request: HttpRequest) -> Address:
    return lambda path: public_address(request, f"/ogc{path}")


def document(
    request: HttpRequest, content: documents.Json, *, personal: bool = False, kind: str = "application/json"
) -> HttpResponseBase:
    only(request.GET, DOCUMENT)
    answer = JsonResponse(content, content_type=kind, json_dumps_params={"ensure_ascii": False})
    return let_keep(answer, personal=personal)


@reading
def landing(request: HttpRequest) -> HttpResponseBase:
    return document(request, documents.landing(at(request)))


@reading
def conformance(request: HttpRequest) -> HttpResponseBase:
    return document(request, documents.conformance())


@reading
def api(request: HttpRequest) -> HttpResponseBase:
    return document(request, documents.api(at(request)), kind=OPENAPI)


@reading
def collections(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_on(request)
    return document(request, documents.collections(viewer, at(request)), personal=viewer.signed_in)


@reading
def collection(request: HttpRequest, name: str) -> HttpResponseBase:
    viewer = viewer_on(request)
    return document(request, documents.collection(get(name), viewer, at(request)), personal=viewer.signed_in)


@reading
def items(request: HttpRequest, name: str) -> HttpResponseBase:
    layer, viewer = get(name), viewer_on(request)
    asked = read_items(request.GET, layer)
    pieces = operations.page(layer, viewer, asked, request.GET, at(request)) if request.method == "GET" else ()
    answer = StreamingHttpResponse(pieces, content_type=GEOJSON)
    return let_keep(answer, personal=bool(layer.areas_of(viewer)), seconds=0 if layer.live_topic else 60)


@reading
def item(request: HttpRequest, name: str, key: str) -> HttpResponseBase:
    only(request.GET, DOCUMENT)
    layer, viewer = get(name), viewer_on(request)
    path = documents.item_path(layer, key)
    text = operations.feature(layer, viewer, key, at(request), path)
    answer = HttpResponse(text, content_type=GEOJSON)
    let_keep(answer, personal=bool(layer.areas_of(viewer)), seconds=0)
    answer["ETag"] = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer
