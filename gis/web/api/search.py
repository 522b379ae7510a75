"""`GET /api/search/`: what somebody typed, found in all layers that he may see, and coordinates read as a place."""

from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.geometry.coordinates import Place, read_coordinates
from gis.layers.search import LONGEST_TEXT, MOST_RESULTS, Found, search
from gis.problems import BadParameter
from gis.web.api.requests import viewer_in
from gis.web.pages.addresses import item_href, map_href

USUAL_RESULTS = 10


class SearchView(APIView):
    def get(self, request: Request) -> Response:
        text, limit = _text(request), _limit(request)
        place = read_coordinates(text)
        found = [_place_json(place)] if place else [_found_json(one) for one in search(viewer_in(request), text, limit)]
        return Response({"query": text, "results": found}, headers={"Cache-Control": "private, no-cache"})


def _text(request: Request) -> str:
    text: str = request.query_params.get("q", "").strip()
    if not text or len(text) > LONGEST_TEXT or "\0" in text:
        wanted = _("a text of 1 to %d characters") % LONGEST_TEXT
        raise BadParameter(_("There is no text to search for, or it is too long."), field="q", expected=wanted)
    return text


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", str(USUAL_RESULTS))
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MOST_RESULTS and len(written) < 9):
        raise BadParameter(_("This is not a number of results."), field="limit", expected=f"1–{MOST_RESULTS}")
    return int(written)


def _found_json(found: Found) -> dict[str, Any]:
    """One row: *place* and *bbox* in degrees of WGS 84, *link* shows it on the map, *page* tells all of it.

    *data* is the feature itself.
    """
    name, key = found.layer.name, str(found.key)
    return {
        "layer": name,
        "layer_title": str(found.layer.title),
        "key": key,
        "title": found.title,
        "subtitle": found.subtitle,
        "place": found.place and {"lon": round(found.place[0], 7), "lat": round(found.place[1], 7)},
        "bbox": found.box and [round(value, 7) for value in found.box],
        "link": map_href(found.layer, key),
        "page": item_href(found.layer, key) or None,
        "data": f"/ogc/collections/{name}/items/{quote(key, safe='')}",
    }


def _place_json(place: Place) -> dict[str, Any]:
    """The place that coordinates name; its words are the browser's."""
    lon, lat = round(place.lon, 7), round(place.lat, 7)
    return {
        "layer": None,
        "layer_title": _("Coordinates"),
        "key": f"{lon},{lat}",
        "title": f"{lat:.5f}, {lon:.5f}",
        "subtitle": "WGS 84",
        "place": {"lon": lon, "lat": lat},
        "bbox": [lon, lat, lon, lat],
        "link": f"{reverse('map')}#17/{lat:.6f}/{lon:.6f}",
        "page": None,
        "data": None,
    }
