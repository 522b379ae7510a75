"""What a shape, or an object of a layer, lies over: areas for each pair, of what the viewer may see."""

from collections.abc import Mapping
from typing import Any

import shapely
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID, PROVINCE_BOX
from gis.layers import registry
from gis.layers.query import LayerQuery
from gis.overlay.engine import Overlap, overlaps
from gis.problems import Invalid, NotFound
from gis.web.api.requests import viewer_in

MOST_VERTICES = 10_000
MEMBERS = {"geometry", "layer", "key", "against"}


class OverlapsView(APIView):
    """`POST /api/overlaps` with `{"geometry": {"type": "Polygon", "coordinates": …}}` (metres of EPSG:5899, easting
    first) or `{"layer": …, "key": …}`; `against`: a list of layers, else all that take part."""

    def post(self, request: Request) -> Response:
        viewer, body = viewer_in(request), request.data
        if not isinstance(body, Mapping):
            raise Invalid(_("This is no object."), expected=_("a JSON object"))
        unknown = sorted(str(name) for name in set(body) - MEMBERS)
        if unknown:
            raise Invalid(_("Nothing of this name is expected here."), field=unknown[0])
        layer, key, shape = _asked(viewer, body)
        found = overlaps({key: shape}, viewer=viewer, against=_against(body), layer=layer)
        told = [_told(one) for one in found if (one.layer, str(one.key)) != (layer, key)]
        answer = {"srid": LEGAL_SRID, "area_m2": round(shape.area, 4), "overlaps": told}
        return Response(answer, headers={"Cache-Control": "private, no-cache"})


def _asked(viewer: Viewer, body: Mapping[str, Any]) -> tuple[str, str, shapely.Geometry]:
    """Layer, key and shape: of an object, or of a shape that is of no layer yet."""
    name = body.get("layer") or ""
    if "geometry" in body:
        registry_name = registry.get(str(name), viewer).name if name else ""
        return registry_name, "", _polygon(body["geometry"])
    layer = registry.get(str(name), viewer)
    if layer.overlay is None:
        raise Invalid(_("Areas of this layer are not compared."), field="layer")
    key = layer.read_key(str(body.get("key", "")))
    found = next(LayerQuery(layer, viewer, keys=(key,)).shapes(), None) if key is not None else None
    if found is None or found[1] is None:
        raise NotFound(_("The layer has no object with this key."), field="key")
    return layer.name, str(found[0]), shapely.from_wkb(bytes(found[1]))


def _polygon(told: Any) -> shapely.Geometry:
    expected = _("a Polygon or MultiPolygon in metres of EPSG:5899, easting first")
    try:
        if told["type"] not in ("Polygon", "MultiPolygon"):
            raise ValueError
        shape = shapely.geometry.shape({"type": told["type"], "coordinates": told["coordinates"]})
        shape = shapely.force_2d(shape)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, shapely.errors.ShapelyError):
        raise Invalid(_("This is no area."), field="geometry", expected=expected) from None
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise Invalid(_("The area has too many corners."), field="geometry", expected=f"≤ {MOST_VERTICES}")
    if shape.is_empty or not shapely.box(*PROVINCE_BOX).contains(shapely.box(*shape.bounds)):
        raise Invalid(_("The area lies outside the province."), field="geometry", expected=expected)
    if not shape.is_valid:
        raise Invalid(
            _("The outline of the area crosses itself."), field="geometry", expected=shapely.is_valid_reason(shape)
        )
    return shape


def _against(body: Mapping[str, Any]) -> list[str] | None:
    names = body.get("against")
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid(_("This is no list of layers."), field="against", expected='["forest_plots"]')
    return list(dict.fromkeys(names))


def _told(one: Overlap) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "layer_title": str(one.layer_title),
        "key": one.key,
        "title": one.title,
        "kind": one.kind or None,
        "area_m2": one.area_m2,
        "severity": one.severity,
        "citation": one.citation or None,
        "where": shapely.geometry.mapping(one.where),
    }
