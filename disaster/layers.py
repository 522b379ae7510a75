"""The published layers of storms, rescue assets, shelters and incidents."""

from typing import Any

from django.contrib.gis.db.models.functions import SnapToGrid
from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models import Field as DjangoField
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from disaster.codes import CLASSES, INCIDENT_READERS, WATCHERS
from disaster.models import Incident, RescueAsset, Shelter, Storm, StormFix, WindRadius
from disaster.payloads import PUBLIC_DEGREES
from disaster.sections import fixes, positions
from gis.access.viewer import Areas
from gis.geometry.crs import WGS84_SRID
from gis.layers import Field, Label, Layer, Rule, Search, Style, register
from gis.layers.base import InAreas
from gis.layers.sections import records_of
from gis.layers.styles import Marker
from gis.problems import Text

BEST_TRACK = _("Best tracks of JTWC (public domain) and IBTrACS")
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
ARCHIVE = "archive"


def wind_rule(title: Text, threshold: int, *, opacity: float, width: float) -> Rule:
    """The winds of all fixes lie over one another: each is nearly clear."""
    return Rule(title, (threshold,), fill=WIND_COLOUR, fill_opacity=opacity, stroke=WIND_COLOUR, stroke_width=width)


WIND_RULES = (
    wind_rule(_("34 kt (level 8)"), 34, opacity=0.05, width=0.4),
    wind_rule(_("50 kt (level 10)"), 50, opacity=0.07, width=0.5),
    wind_rule(_("64 kt (level 12)"), 64, opacity=0.1, width=0.7),
)


def fix_rule(title: Text, colour: str, *codes: str) -> Rule:
    return Rule(title, codes, fill=colour, stroke="#263238", stroke_width=0.8, marker="circle", size=11)


CLASS_RULES = tuple(fix_rule(CLASSES[code], colour, code) for code, colour in CLASS_COLOURS.items())
TRACKS = {"now": _("Storm track"), "exercise": _("Exercise"), ARCHIVE: _("Storms of earlier seasons")}
OTHERS = _("Earlier seasons and other sources")


def status_rule(code: str, colour: str, marker: Marker, size: float) -> Rule:
    """Shape and colour both tell the status."""
    return Rule(STATUSES[code], (code,), fill=colour, stroke="#ffffff", stroke_width=1.2, marker=marker, size=size)


def drawn(value: str, instead: object, *, storm: str, output_field: "DjangoField[Any, Any]") -> Case:
    """The column *value* of storms that maps follow, by the source of their track; *instead* for all others.

    *storm*: path of the storm. The archive holds well over a hundred storms: drawn alike, they would cover the map.
    """
    followed = Q(**{f"{storm}__in": Storm.objects.followed()})
    on_track = Q(**{f"{storm}__track_source": F(f"{storm.removesuffix('storm')}source")})
    return Case(When(followed & on_track, then=F(value)), default=Value(instead), output_field=output_field)


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
        Field("drawn_threshold", _("Drawn as"), "integer", for_drawing=True),
    )
    styles = (
        Style("threshold", _("Storms of now, by threshold"), WIND_RULES, field="drawn_threshold"),
        Style("all", _("All storms, by threshold"), WIND_RULES, field="threshold_kt"),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        threshold = drawn("threshold_kt", 0, storm="fix__storm", output_field=IntegerField())
        return WindRadius.objects.annotate(drawn_threshold=threshold)


@register
class StormTracks(StormLayer):
    name = "storm_tracks"
    title = _("Storm tracks")
    abstract = _("The way of each storm through its fixes.")
    model = Storm
    geometry_type = "LineString"
    geometry = "track"
    position = 70
    columns = ("name", "season", "number", "vietnamese_number", "exercise", "track_source")
    ranges = ("season",)
    newest = "season"
    sections = (fixes,)
    fields = (
        Field("name", _("Name")),
        Field("season", _("Season"), "integer"),
        Field("number", _("Number in the season"), "integer"),
        Field("vietnamese_number", _("Number in Vietnam"), "integer"),
        Field("exercise", _("Exercise"), "boolean"),
        Field("track_source", _("Source")),
        Field("drawn_as", _("Drawn as"), values=TRACKS, for_drawing=True),
        Field("drawn_name", _("Name on the map"), for_drawing=True),
    )
    search = Search(
        title="{name} {season}",
        subtitle=(_("Storm no. {vietnamese_number} of {season}"), "{exercise}"),
        names=("name",),
        patterns=(
            r"(?:bao|storm)? ?(?:so|no\.?) ?(?P<vietnamese_number>\d{1,3})(?:[ ,/]+(?:nam )?(?P<season>\d{4}))?",
        ),
        lead=("bao", "sieu bao", "typhoon", "storm"),
    )
    styles = (
        Style(
            "track",
            _("Track"),
            (
                Rule(TRACKS["now"], ("now",), stroke="#37474f", stroke_width=2.0),
                Rule(TRACKS["exercise"], ("exercise",), stroke="#37474f", stroke_width=2.0, dash=(2.0, 5.0)),
                Rule(TRACKS[ARCHIVE], (ARCHIVE,), stroke="#b0bec5", stroke_width=0.5),
            ),
            field="drawn_as",
            labels=(Label("drawn_name", size=12, colour="#263238", placement="line"),),
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        """Every storm; the archive's are drawn thin and without a name."""
        followed = When(pk__in=Storm.objects.followed(), then=Value("now"))
        drawn_as = Case(
            When(exercise=True, then=Value("exercise")),
            followed,
            default=Value(ARCHIVE),
            output_field=CharField(),
        )
        name = Case(When(pk__in=Storm.objects.followed(), then=F("name")), default=Value(""))
        return Storm.objects.filter(track__isnull=False).annotate(drawn_as=drawn_as, drawn_name=name)


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
    columns = ("name", "season", "time", "wind_kt", "beaufort", "wind_class", "pressure_hpa", "source")
    ranges = ("time", "season", "wind_kt", "pressure_hpa")
    newest = "time"
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
        Field("drawn_class", _("Drawn as"), values={**CLASSES, ARCHIVE: TRACKS[ARCHIVE]}, for_drawing=True),
        Field("drawn_level", _("Level on the map"), "integer", for_drawing=True),
    )
    styles = (
        Style(
            "class",
            _("Storms of now, by class"),
            (
                *CLASS_RULES,
                fix_rule(_("Unknown"), "#ffffff", ""),
                Rule(OTHERS, (ARCHIVE,), fill="#90a4ae", marker="circle", size=3, max_scale=4_000_000),
            ),
            field="drawn_class",
            labels=(Label("drawn_level", size=9, colour="#1a1a1a"),),
        ),
        Style(
            "all",
            _("All storms and sources, by class"),
            (*CLASS_RULES, fix_rule(_("Unknown"), "#ffffff")),
            field="wind_class",
            labels=(Label("beaufort", size=9, colour="#1a1a1a", max_scale=4_000_000),),
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        shown = drawn("wind_class", ARCHIVE, storm="storm", output_field=CharField())
        level = drawn("beaufort", None, storm="storm", output_field=IntegerField())
        return StormFix.objects.annotate(drawn_class=shown, drawn_level=level)


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
    columns = ("code", "name", "kind", "status", "commune", "positioned_at")
    newest = "positioned_at"
    sections = (positions, records_of("asset"))
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
    search = Search(title="{name}", subtitle=("{kind}", "{status}", "{commune}"), names=("name",), codes=("code",))
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


SHELTER_KINDS = dict(Shelter.Kind.choices)
INCIDENT_STATUSES = dict(Incident.Status.choices)


def shelter_rule(code: str, colour: str, marker: Marker, size: float) -> Rule:
    return Rule(SHELTER_KINDS[code], (code,), fill=colour, stroke="#ffffff", stroke_width=1.2, marker=marker, size=size)


def incident_rule(code: str, colour: str, marker: Marker, size: float) -> Rule:
    """Shape and colour both tell the status; the dark edge keeps incidents apart from assets."""
    title = INCIDENT_STATUSES[code]
    return Rule(title, (code,), fill=colour, stroke="#3e0b0b", stroke_width=1.6, marker=marker, size=size)


@register
class Shelters(Layer):
    name = "shelters"
    title = _("Shelters")
    abstract = _("Storm anchorages for boats and evacuation shelters for people.")
    group = _("Rescue")
    model = Shelter
    geometry_type = "Point"
    geometry = "position"
    srid = WGS84_SRID
    key = "code"
    position = 84
    visible = False
    private_roles = WATCHERS
    columns = ("code", "name", "kind", "capacity", "commune")
    ranges = ("capacity",)
    sections = (records_of("shelter"),)
    fields = (
        Field("code", _("Code")),
        Field("name", _("Name")),
        Field("kind", _("Kind"), values=SHELTER_KINDS),
        Field("capacity", _("Capacity (boats or people)"), "integer"),
        Field("commune", _("Commune"), source="commune__name"),
        Field("contact", _("Contact"), private=True),
        Field("source", _("Source")),
    )
    search = Search(title="{name}", subtitle=("{kind}", "{code}", "{commune}"), names=("name",), codes=("code",))
    styles = (
        Style(
            "kind",
            _("By kind"),
            (
                shelter_rule("anchorage", "#0d5c9e", "diamond", 13),
                shelter_rule("evacuation", "#2e7d32", "square", 9),
            ),
            field="kind",
            labels=(Label("name", size=10, colour="#17344a", max_scale=150_000),),
        ),
    )


@register
class Incidents(Layer):
    name = "incidents"
    title = _("Incidents")
    abstract = _("What was reported and what became of it; for the duty staff alone.")
    group = _("Rescue")
    model = Incident
    geometry_type = "Point"
    geometry = "position"
    srid = WGS84_SRID
    position = 95
    time = "reported_at"
    live_topic = "incidents"
    columns = ("id", "reported_at", "kind", "status", "text", "commune")
    ranges = ("reported_at",)
    newest = "reported_at"
    sections = (records_of("incident"),)
    readers = private_roles = INCIDENT_READERS
    fields = (
        Field("id", _("Number"), "integer"),
        Field("reported_at", _("Reported at"), "datetime"),
        Field("kind", _("Kind"), values=dict(Incident.Kind.choices)),
        Field("status", _("Status"), values=INCIDENT_STATUSES),
        Field("text", _("Report")),
        Field("commune", _("Commune"), source="commune__name"),
        Field("contact", _("Contact"), private=True),
        Field("source", _("Source")),
    )
    search = Search(
        title=_("Incident {id}: {kind}"),
        subtitle=("{status}", "{commune}", "{text}"),
        names=("text",),
        many=True,
        patterns=(r"(?:su co|incident)? ?(?:so|no\.?|#)? ?(?P<id>\d{1,9})",),
        lead=("su co", "incident"),
    )
    styles = (
        Style(
            "status",
            _("By status"),
            (
                incident_rule("new", "#e53935", "triangle", 14),
                incident_rule("confirmed", "#fb8c00", "diamond", 13),
                incident_rule("resolved", "#9ccc65", "circle", 10),
                incident_rule("dismissed", "#cfcfcf", "square", 8),
            ),
            field="status",
        ),
    )
