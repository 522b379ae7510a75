"""Addresses of tiles."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response

from gis.access.middleware import viewer_on
from gis.layers.registry import get
from gis.maps.tiles.images import tile_bounds
from gis.ogc.common.addresses import public_address
from gis.ogc.common.caching import let_keep
from gis.ogc.common.compression import packed
from gis.ogc.common.reading import reading
from gis.ogc.features.documents import JSON, VECTOR_TILE
from gis.ogc.tiles.operations import PictureTile, VectorTile, tile_json

PICTURE = "image/png"


@reading(VECTOR_TILE, "application/x-protobuf")
def vector(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponseBase:
    """A vector tile; an empty body where nothing is to be seen."""
    tile_bounds(z, x, y)
    viewer = viewer_on(request)
    return packed(_answer(request, VectorTile(get(name, viewer), viewer, z, x, y), VECTOR_TILE), request)


@reading(JSON)
def description(request: HttpRequest, name: str) -> HttpResponseBase:
    """What a client of the vector tiles needs to know (TileJSON)."""
    viewer = viewer_on(request)
    layer = get(name, viewer)
    address = public_address(request, f"/tiles/{layer.name}")
    answer = JsonResponse(tile_json(layer, viewer, address), json_dumps_params={"ensure_ascii": False})
    return let_keep(answer, personal=viewer.signed_in)


@reading(PICTURE)
def picture(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponseBase:
    tile_bounds(z, x, y)
    viewer = viewer_on(request)
    return _answer(request, PictureTile(get(name, viewer), viewer, z, x, y), PICTURE)


def _answer(request: HttpRequest, tile: VectorTile | PictureTile, kind: str) -> HttpResponseBase:
    """The tile, or that the client has it already; caches ask each time, and mostly hear the latter.

    A layer that moves is never kept: its data have no version.
    """
    if tile.layer.live_topic:
        return HttpResponse(tile.content(), content_type=kind, headers={"Cache-Control": "no-store"})
    etag = tile.etag
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(tile.content(), content_type=kind)
    answer["ETag"] = etag
    return let_keep(answer, personal=bool(tile.layer.areas_of(viewer_on(request))), seconds=0)
