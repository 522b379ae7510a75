"""The published layers of storms and rescue assets."""

from typing import Any

from django.contrib.gis.db.models.functions import SnapToGrid
from django.db.models import Case, F, QuerySet, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from disaster.codes import WATCHERS
from disaster.models import RescueAsset, Storm, StormFix, WindRadius
from disaster.payloads import PUBLIC_DEGREES
from gis.access.viewer import Areas
from gis.geometry.crs import WGS84_SRID
from gis.layers import Field, Label, Layer, Rule, Style, register
from gis.layers.base import InAreas
from gis.layers.styles import Marker
from gis.problems import Text

BEST_TRACK = _("Best track of JTWC (public domain)")
CLASSES = {
    "low": _("Low"),
    "depression": _("Tropical depression"),
    "storm": _("Storm"),
    "severe": _("Severe storm"),
    "very_severe": _("Very severe storm"),
    "super": _("Super storm"),
}
CLASS_COLOURS = {
    "low": "#9aa7b0",
    "depression": "#7fc4f2",
    "storm": "#ffe45c",
    "severe": "#f58a1f",
    "very_severe": "#c8001e",
    "super": "#4b0070",
}
"""Kept apart for colour-blind eyes; the level is written beside each fix as well."""


STATUSES = dict(RescueAsset.Status.choices)
WIND_COLOUR = "#2f6f8f"


def wind_rule(title: Text, threshold: int, *, opacity: float, width: float) -> Rule:
    """The winds of all fixes lie over one another: each is nearly clear."""
    return Rule(title, (threshold,), fill=WIND_COLOUR, fill_opacity=opacity, stroke=WIND_COLOUR, stroke_width=width)


def fix_rule(title: Text, colour: str, *codes: str) -> Rule:
    return Rule(title, codes, fill=colour, stroke="#263238", stroke_width=0.8, marker="circle", size=11)


def status_rule(code: str, colour: str, marker: Marker, size: float) -> Rule:
    """Shape and colour both tell the status."""
    return Rule(STATUSES[code], (code,), fill=colour, stroke="#ffffff", stroke_width=1.2, marker=marker, size=size)


class StormLayer(Layer):
    """What the layers of storms share: the globe, one topic, one attribution."""

    group = _("Storms")
    attribution = BEST_TRACK
    srid = WGS84_SRID
    live_topic = "storms"


@register
class WindRadii(StormLayer):
    name = "wind_radii"
    title = _("Wind radii")
    abstract = _("Where winds of 34, 50 and 64 knots (1-minute mean) reach at most, by quadrant.")
    model = WindRadius
    geometry_type = "Polygon"
    position = 60
    time = "time"
    fields = (
        Field("storm", _("Storm"), source="fix__storm__name"),
        Field("time", _("Time"), "datetime", source="fix__time"),
        Field("threshold_kt", _("Threshold"), "integer", unit="kt"),
        Field("ne_nm", _("North-east"), "integer", unit="nm"),
        Field("se_nm", _("South-east"), "integer", unit="nm"),
        Field("sw_nm", _("South-west"), "integer", unit="nm"),
        Field("nw_nm", _("North-west"), "integer", unit="nm"),
        Field("exercise", _("Exercise"), "boolean", source="fix__storm__exercise"),
    )
    styles = (
        Style(
            "threshold",
            _("By threshold"),
            (
                wind_rule(_("34 kt (level 8)"), 34, opacity=0.05, width=0.4),
                wind_rule(_("50 kt (level 10)"), 50, opacity=0.07, width=0.5),
                wind_rule(_("64 kt (level 12)"), 64, opacity=0.1, width=0.7),
            ),
            field="threshold_kt",
        ),
    )


@register
class StormTracks(StormLayer):
    name = "storm_tracks"
    title = _("Storm tracks")
    abstract = _("The way of each storm through its fixes.")
    model = Storm
    geometry_type = "LineString"
    geometry = "track"
    position = 70
    fields = (
        Field("name", _("Name")),
        Field("season", _("Season"), "integer"),
        Field("number", _("Number in the season"), "integer"),
        Field("vietnamese_number", _("Number in Vietnam"), "integer"),
        Field("exercise", _("Exercise"), "boolean"),
    )
    styles = (
        Style(
            "track",
            _("Track"),
            (
                Rule(_("Storm track"), (False,), stroke="#37474f", stroke_width=2.0),
                Rule(_("Exercise"), (True,), stroke="#37474f", stroke_width=2.0, dash=(2.0, 5.0)),
            ),
            field="exercise",
            labels=(Label("name", size=12, colour="#263238", placement="line"),),
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        return Storm.objects.filter(track__isnull=False)


@register
class StormFixes(StormLayer):
    name = "storm_fixes"
    title = _("Storm fixes")
    abstract = _("Where each storm's centre was, with wind, averaging period, pressure and Vietnamese class.")
    model = StormFix
    geometry_type = "Point"
    geometry = "position"
    position = 80
    time = "time"
    fields = (
        Field("name", _("Storm"), source="storm__name"),
        Field("season", _("Season"), "integer", source="storm__season"),
        Field("time", _("Time"), "datetime"),
        Field("wind_kt", _("Wind"), "integer", unit="kt"),
        Field("wind_averaging_minutes", _("Averaged over"), "integer", unit="min"),
        Field("beaufort", _("Wind level"), "integer"),
        Field("wind_class", _("Class"), values=CLASSES),
        Field("pressure_hpa", _("Pressure"), "integer", unit="hPa"),
        Field("kind", _("Stage by the source")),
        Field("source", _("Source")),
        Field("exercise", _("Exercise"), "boolean", source="storm__exercise"),
    )
    styles = (
        Style(
            "class",
            _("By class"),
            (
                *(fix_rule(CLASSES[code], colour, code) for code, colour in CLASS_COLOURS.items()),
                fix_rule(_("Unknown"), "#ffffff"),
            ),
            field="wind_class",
            labels=(Label("beaufort", size=9, colour="#1a1a1a"),),
        ),
    )


@register
class RescueAssets(Layer):
    name = "rescue_assets"
    title = _("Rescue assets")
    abstract = _("Boats, vehicles and teams; the public sees them on a grid of about 1 km.")
    group = _("Rescue")
    model = RescueAsset
    geometry_type = "Point"
    geometry = "position"
    srid = WGS84_SRID
    key = "code"
    position = 90
    live_topic = "assets"
    private_roles = WATCHERS
    fields = (
        Field("code", _("Code")),
        Field("name", _("Name")),
        Field("kind", _("Kind"), values=dict(RescueAsset.Kind.choices)),
        Field("status", _("Status"), values=STATUSES),
        Field("commune", _("Home commune"), source="commune__name"),
        Field("positioned_at", _("Position of"), "datetime"),
        Field("crew", _("Crew"), "integer", private=True),
        Field("fuel_percent", _("Fuel"), "integer", private=True, unit="%"),
        Field("contact", _("Contact"), private=True),
        Field("source", _("Source")),
    )
    styles = (
        Style(
            "status",
            _("By status"),
            (
                status_rule("ready", "#1b7f5c", "circle", 11),
                status_rule("moving", "#1565c0", "triangle", 12),
                status_rule("busy", "#e07b00", "square", 10),
                status_rule("out", "#757575", "diamond", 11),
            ),
            field="status",
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        return RescueAsset.objects.filter(position__isnull=False)

    def published_geometry(self, areas: Areas) -> Combinable:
        """Exact inside the viewer's areas; elsewhere the grid is also what boxes filter by."""
        exact = When(InAreas(areas, self.area), then=F("position"))
        return Case(exact, default=SnapToGrid("position", PUBLIC_DEGREES))
