"""The published layer of stations with their newest readings. It stands here because no domain owns them."""

from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Extract, Floor, Now
from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas
from gis.geometry.crs import WGS84_SRID
from gis.layers.base import Field, Layer, Search
from gis.layers.registry import register
from gis.layers.sections import MOST_ROWS, Section
from gis.layers.styles import Label, Marker, Rule, Style
from gis.observations.models import UNITS, Reading, Station
from gis.problems import Text

KINDS = dict(Station.Kind.choices)
LATE_MINUTES, SILENT_MINUTES = 120, 24 * 60
"""From these ages on a newest reading is late, and the station silent."""
FRESHNESS = {
    "fresh": _("Newest reading under 2 hours old"),
    "late": _("2 to 24 hours old"),
    "silent": _("Older, or none"),
}


def kind_rule(code: str, colour: str, marker: Marker, size: float) -> Rule:
    return Rule(KINDS[code], (code,), fill=colour, stroke="#ffffff", stroke_width=1.2, marker=marker, size=size)


def freshness_rule(title: Text, code: str, colour: str) -> Rule:
    return Rule(title, (code,), fill=colour, stroke="#263238", stroke_width=0.8, marker="circle", size=10)


def readings(areas: Areas, code: Any) -> Section | None:
    """The newest readings of a station, of all quantities."""
    found = Reading.objects.filter(station__code=code).order_by("-time", "quantity")[:MOST_ROWS]
    rows = [(one.time, one.get_quantity_display(), one.value, one.unit, one.minutes, one.source) for one in found]
    return Section(_("Readings"), READINGS, rows) if rows else None


READINGS = (
    Field("time", _("Time"), "datetime"),
    Field("quantity", _("Quantity")),
    Field("value", _("Value"), "number"),
    Field("unit", _("Unit")),
    Field("minutes", _("Averaged over"), "integer", unit="min"),
    Field("source", _("Source")),
)


@register
class Gauges(Layer):
    name = "gauges"
    title = _("Gauges")
    abstract = _("Stations with their newest readings of rain, water level and wind, and how old these are.")
    group = _("Weather and water")
    model = Station
    geometry_type = "Point"
    geometry = "position"
    srid = WGS84_SRID
    key = "code"
    position = 82
    visible = False
    time = "newest_at"
    live_topic = "gauges"
    columns = ("code", "name", "kind", "commune", "rain", "level", "wind", "newest_at", "freshness")
    newest = "newest_at"
    sections = (readings,)
    fields = (
        Field("code", _("Code")),
        Field("name", _("Name")),
        Field("kind", _("Kind"), values=KINDS),
        Field("commune", _("Commune"), source="commune__name"),
        Field("rain", _("Rain"), "number", unit=UNITS["rain"]),
        Field("rain_at", _("Rain of"), "datetime"),
        Field("level", _("Water level"), "number", unit=UNITS["level"]),
        Field("level_at", _("Water level of"), "datetime"),
        Field("wind", _("Wind speed"), "number", unit=UNITS["wind"]),
        Field("wind_at", _("Wind of"), "datetime"),
        Field("newest_at", _("Newest reading"), "datetime"),
        Field("age_minutes", _("Age"), "integer", unit="min"),
        Field("freshness", _("State"), values=FRESHNESS),
        Field("source", _("Source")),
    )
    search = Search(title="{name}", subtitle=("{kind}", "{code}", "{commune}"), names=("name",), codes=("code",))
    styles = (
        Style(
            "kind",
            _("By kind"),
            (
                kind_rule("rain", "#1d70b8", "circle", 11),
                kind_rule("level", "#00796b", "diamond", 12),
                kind_rule("weather", "#6a3d9a", "square", 10),
            ),
            field="kind",
            labels=(Label("name", size=9, colour="#24424f", max_scale=200_000),),
        ),
        Style(
            "freshness",
            _("By age of the newest reading"),
            (
                freshness_rule(FRESHNESS["fresh"], "fresh", "#2e9e5b"),
                freshness_rule(FRESHNESS["late"], "late", "#f2b01e"),
                freshness_rule(FRESHNESS["silent"], "silent", "#9e9e9e"),
            ),
            field="freshness",
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        stations = Station.objects.with_newest()
        seconds = Extract(Now() - F("newest_at"), "epoch")
        aged = stations.annotate(age_minutes=Cast(Floor(seconds / 60), IntegerField()))
        fresh = When(age_minutes__lt=LATE_MINUTES, then=Value("fresh"))
        late = When(age_minutes__lt=SILENT_MINUTES, then=Value("late"))
        return aged.annotate(freshness=Case(fresh, late, default=Value("silent")))
