"""Geometry on a map of our own: Django's widget would load one from elsewhere."""

import json
from typing import Any

from django import forms
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import Field
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from gis.geometry.crs import WGS84_SRID
from gis.layers.context import place_names
from gis.layers.credits import COAST, NOT_LEGAL
from gis.places.models import PlaceLabel

DECIMALS = {WGS84_SRID: 7}
"""Written digits after the comma; metres are written to the millimetre."""
LARGEST = 200_000
"""Characters of GeoJSON that a page is given; larger shapes are simplified for display, and the page says so."""


def is_geometry(field: Field[Any, Any]) -> bool:
    return hasattr(field, "geom_type")


def shown(geometry: GEOSGeometry | None, *, name: str = "", context: str = "") -> SafeString | str:
    """*geometry* on a map in the reference system it is stored in. *context*: a layer drawn palely around it."""
    if geometry is None:
        return "—"
    drawn, simplified = _fitting(geometry)
    return render_to_string(
        "admin/house/geometry.html",
        {
            "map": _map(geometry.srid or WGS84_SRID, drawn, context=context),
            "name": name,
            "srid": geometry.srid,
            "words": _in_words(geometry),
            "simplified": simplified,
            "notice": NOT_LEGAL,
            "credit": COAST,
        },
    )


class PointOnMap(forms.Widget):
    """Two numbers for a place in degrees, typed or put there by a click on the map: `{name}_lon`, `{name}_lat`."""

    template_name = "admin/house/point.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        lon, lat = (value.x, value.y) if isinstance(value, Point) else value or (None, None)
        geometry = {"type": "Point", "coordinates": [lon, lat]} if isinstance(lon, float) else None
        context["widget"] |= {"lon": lon, "lat": lat, "map": _map(WGS84_SRID, geometry, edits=name)}
        context |= {"notice": NOT_LEGAL, "credit": COAST}
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[Any, Any]:
        return data.get(f"{name}_lon", ""), data.get(f"{name}_lat", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_lon" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_lon" if id_ else ""


class PointField(forms.Field):
    """A place in degrees of WGS 84; its value is (lon, lat)."""

    widget = PointOnMap

    def clean(self, value: Any) -> tuple[float, float] | None:
        parts = [str(part).strip() for part in value or ("", "")]
        if not any(parts):
            return super().clean(None)  # type: ignore[no-any-return]
        number = forms.FloatField(localize=True)
        lon, lat = (number.clean(part) for part in parts)
        return lon, lat

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


def _map(srid: int, geometry: Any, *, context: str = "", edits: str = "") -> dict[str, Any]:
    places = place_names(PlaceLabel.Kind.ARCHIPELAGO)
    return {"srid": srid, "geometry": geometry, "context": context, "edits": edits, "places": places}


def _fitting(geometry: GEOSGeometry) -> tuple[Any, bool]:
    """GeoJSON of what the page can carry, and whether it had to be simplified."""
    text = str(geometry.geojson)
    tolerance = 1e-4 if geometry.srid == WGS84_SRID else 5.0
    simplified = len(text) > LARGEST
    while len(text) > LARGEST:
        text = str(geometry.simplify(tolerance, preserve_topology=True).geojson)
        tolerance *= 4
    return json.loads(text), simplified


def _in_words(geometry: GEOSGeometry) -> str:
    """A point's coordinates in the order that people know: E and N of the grid, or longitude and latitude."""
    if not isinstance(geometry, Point):
        return ""
    digits = DECIMALS.get(geometry.srid or 0, 3)
    return f"{geometry.x:.{digits}f}  {geometry.y:.{digits}f}"
