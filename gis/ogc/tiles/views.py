"""Addresses of tiles."""

import gzip

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from gis.access.middleware import viewer_on
from gis.layers import Layer
from gis.layers.registry import get
from gis.maps.tiles.images import tile_picture
from gis.ogc.common.caching import let_keep
from gis.ogc.features.documents import VECTOR_TILE
from gis.ogc.features.views import reading
from gis.ogc.tiles.operations import check_place, tag, vector_tile

SMALLEST_GZIP = 500
"""Bytes below which compression gains nothing."""


@reading
def vector(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponseBase:
    """A vector tile; an empty body where nothing is to be seen."""
    layer, viewer = get(name), viewer_on(request)
    check_place(z, x, y)
    etag = None if layer.live_topic else tag(layer, viewer, z, x, y)
    if etag and (unchanged := get_conditional_response(request, etag=etag)):
        return _kept(unchanged, layer, request, etag)
    answer = HttpResponse(vector_tile(layer, viewer, z, x, y), content_type=VECTOR_TILE)
    return _kept(_compressed(answer, request), layer, request, etag)


@reading
def picture(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponseBase:
    """The same place as a PNG of 256 pixels, in the layer's default style."""
    layer, viewer = get(name), viewer_on(request)
    check_place(z, x, y)
    etag = None if layer.live_topic else tag(layer, viewer, z, x, y)
    if etag and (unchanged := get_conditional_response(request, etag=etag)):
        return _kept(unchanged, layer, request, etag)
    answer = HttpResponse(tile_picture(layer, viewer, z, x, y), content_type="image/png")
    return _kept(answer, layer, request, etag)


def _kept(answer: HttpResponseBase, layer: Layer, request: HttpRequest, etag: str | None) -> HttpResponseBase:
    """Caching as the layer allows: to be asked for again each time, and then mostly unchanged."""
    let_keep(answer, personal=bool(layer.areas_of(viewer_on(request))), seconds=0)
    if etag:
        answer["ETag"] = etag
    else:
        answer["Cache-Control"] = "no-store"
    return answer


def _compressed(answer: HttpResponse, request: HttpRequest) -> HttpResponse:
    patch_vary_headers(answer, ("Accept-Encoding",))
    if len(answer.content) >= SMALLEST_GZIP and "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.content = gzip.compress(answer.content, compresslevel=4)
        answer["Content-Encoding"] = "gzip"
        answer["Content-Length"] = str(len(answer.content))
    return answer
