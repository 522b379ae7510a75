"""Addresses of OGC API – Features below `/ogc`."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from gis.access.middleware import viewer_on
from gis.layers.registry import get
from gis.ogc.common.addresses import public_address
from gis.ogc.common.caching import SHARED_SECONDS, let_keep
from gis.ogc.common.compression import packed
from gis.ogc.common.reading import reading
from gis.ogc.features import documents, openapi, operations
from gis.ogc.features.documents import GEOJSON, JSON, OPENAPI, Address
from gis.ogc.features.params import DOCUMENT, only, read_items


def at(request: HttpRequest) -> Address:
    return lambda path: public_address(request, f"/ogc{path}")


def document(
    request: HttpRequest, content: documents.Json, *, personal: bool = False, kind: str = JSON
) -> HttpResponseBase:
    only(request.GET, DOCUMENT)
    answer = JsonResponse(content, content_type=kind, json_dumps_params={"ensure_ascii": False})
    return packed(let_keep(answer, personal=personal), request)


@reading(JSON)
def landing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_on(request)
    return document(request, documents.landing(viewer, at(request)), personal=viewer.signed_in)


@reading(JSON)
def conformance(request: HttpRequest) -> HttpResponseBase:
    return document(request, documents.conformance())


@reading(OPENAPI, JSON)
def api(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_on(request)
    content = openapi.description(viewer, at(request))
    return document(request, content, personal=viewer.signed_in, kind=OPENAPI)


@reading(JSON)
def collections(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_on(request)
    return document(request, documents.collections(viewer, at(request)), personal=viewer.signed_in)


@reading(JSON)
def collection(request: HttpRequest, name: str) -> HttpResponseBase:
    viewer = viewer_on(request)
    return document(request, documents.collection(get(name, viewer), viewer, at(request)), personal=viewer.signed_in)


@reading(GEOJSON, JSON)
def items(request: HttpRequest, name: str) -> HttpResponseBase:
    viewer = viewer_on(request)
    layer = get(name, viewer)
    page = operations.Page(layer, viewer, read_items(request.GET, layer, viewer), request.GET, at(request))
    pieces = page.text() if request.method == "GET" else ()
    answer = StreamingHttpResponse(pieces, content_type=GEOJSON)
    seconds = 0 if layer.live_topic else SHARED_SECONDS
    return packed(let_keep(answer, personal=bool(layer.areas_of(viewer)), seconds=seconds), request)


@reading(GEOJSON, JSON)
def item(request: HttpRequest, name: str, key: str) -> HttpResponseBase:
    only(request.GET, DOCUMENT)
    viewer = viewer_on(request)
    layer = get(name, viewer)
    text = operations.feature(layer, viewer, key, at(request))
    etag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    answer = HttpResponse(text, content_type=GEOJSON, headers={"ETag": etag})
    let_keep(answer, personal=bool(layer.areas_of(viewer)), seconds=0)
    return packed(get_conditional_response(request, etag=etag, response=answer) or answer, request)
