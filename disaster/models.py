"""Storms as fixes with their winds, rescue assets with their positions, shelters and incidents.

Positions are WGS 84 (EPSG:4326, lon/lat): storms cross the province's grid and the antimeridian. Times are
UTC. Sources of storms: best tracks of JTWC (public domain), IBTrACS with its agencies side by side.
"""

from django.contrib.gis.db.models import MultiLineStringField, MultiPolygonField, PointField
from django.db import models
from django.db.models import Case, F, GeneratedField, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from disaster.science.atcf import BASINS, THRESHOLDS
from disaster.science.beaufort import BELOW, CLASSES, HIGHEST_LEVEL, TO_TEN_MINUTES, lowest_wind_kt
from gis.access.models import User
from gis.geometry.crs import WGS84_SRID
from gis.places.models import Commune

HOME_BASIN = "WP"
"""The western North Pacific with the Biển Đông."""
HIGHEST_WIND_KT = 250
PRESSURES_HPA = (850, 1050)
AVERAGING_MINUTES = (1, 2, 3, 10)


class StormQuerySet(QuerySet["Storm"]):
    def followed(self) -> "StormQuerySet":
        """The storms that open maps follow: those of this ocean's newest season on record, and exercises.

        A file of the whole world's storms brings other oceans' too; they are the archive's.
        """
        happened = self.model._default_manager.filter(exercise=False, basin=HOME_BASIN)
        newest = happened.order_by("-season").values("season")[:1]
        return self.filter(Q(exercise=True) | Q(basin=HOME_BASIN, season=Subquery(newest)))


class Storm(models.Model):
    """A tropical cyclone, numbered by its warning centre within basin and season."""

    basin = models.CharField(max_length=2)
    """WP western North Pacific, as in ATCF."""
    season = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    """The warning centre's number in the season: 12 for Yagi."""
    name = models.CharField(max_length=40, blank=True)
    """International name; empty before one was given."""
    vietnamese_number = models.PositiveSmallIntegerField(null=True, blank=True)
    """N of "Bão số N", counted by the national centre."""
    exercise = models.BooleanField(default=False)
    """Played for training (diễn tập); never mixed with what happened."""
    track = MultiLineStringField(srid=WGS84_SRID, null=True, editable=False)
    """Through the fixes of `track_source`, in order of time, split at the antimeridian; derived by the database."""
    track_source = models.CharField(max_length=40, blank=True, db_default="", editable=False)
    """The source that the storm is followed by: the one with most fixes, a compilation's (IBTrACS) only where no
    other tells of it; derived by the database. Maps draw its fixes alone: two sources would make a zigzag."""

    objects = StormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basin", "season", "number", "exercise"], name="storm_numbered_once"),
            models.CheckConstraint(condition=Q(basin__in=BASINS), name="storm_basin_known"),
            models.CheckConstraint(condition=Q(season__range=(1840, 2200)), name="storm_season_plausible"),
            models.CheckConstraint(condition=Q(number__range=(1, 99)), name="storm_number_plausible"),
        ]

    def __str__(self) -> str:
        drill = " (diễn tập)" if self.exercise else ""
        return f"{self.name or f'{self.number:02d}{self.basin[0]}'} {self.season}{drill}"


def wind_level() -> Case:
    """The Vietnamese level of a fix's wind, as an expression; null where no conversion has a source."""
    cases = (
        When(wind_averaging_minutes=minutes, wind_kt__gte=lowest_wind_kt(level, minutes), then=Value(level))
        for minutes in TO_TEN_MINUTES
        for level in range(HIGHEST_LEVEL, -1, -1)
    )
    return Case(*cases)


def wind_class() -> Case:
    """The Vietnamese storm class of a fix's wind, as an expression; empty where it cannot be told."""
    cases = (
        When(wind_averaging_minutes=minutes, wind_kt__gte=lowest_wind_kt(level, minutes), then=Value(name))
        for minutes in TO_TEN_MINUTES
        for level, name in ((0, BELOW), *CLASSES)[::-1]
    )
    return Case(*cases, default=Value(""))


class FixQuerySet(QuerySet["StormFix"]):
    def on_track(self) -> "FixQuerySet":
        """The fixes of the source that each storm is followed by."""
        return self.filter(source=F("storm__track_source"))


class StormFix(models.Model):
    """Where the storm's centre was at a time, and how strong, by one source."""

    storm = models.ForeignKey(Storm, on_delete=models.CASCADE, related_name="fixes")
    time = models.DateTimeField()
    position = PointField(srid=WGS84_SRID)
    wind_kt = models.PositiveSmallIntegerField(null=True, blank=True)
    """Maximum sustained wind, knots, averaged over `wind_averaging_minutes`; unknown where empty."""
    wind_averaging_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    """1 (JTWC), 2 or 10 (Vietnam, JMA), 3 (China): different periods are never compared unconverted."""
    pressure_hpa = models.PositiveSmallIntegerField(null=True, blank=True)
    """Lowest sea-level pressure."""
    kind = models.CharField(max_length=4, blank=True)
    """Stage of development as the source has it: DB, TD, TS, TY, ST, EX …"""
    beaufort = GeneratedField(
        expression=wind_level(), output_field=models.PositiveSmallIntegerField(null=True), db_persist=True
    )
    """Vietnamese wind level (cấp) of the 10-minute wind; derived by the database."""
    wind_class = GeneratedField(expression=wind_class(), output_field=models.CharField(max_length=12), db_persist=True)
    """Vietnamese storm class, a code of `disaster.science.beaufort`; derived by the database."""
    source = models.CharField(max_length=40)

    objects = FixQuerySet.as_manager()

    class Meta:
        ordering = ["storm", "time"]
        constraints = [
            models.UniqueConstraint(fields=["storm", "time", "source"], name="storm_fix_once_per_source"),
            models.CheckConstraint(
                condition=Q(wind_kt__isnull=True)
                | Q(wind_averaging_minutes__isnull=False, wind_averaging_minutes__in=AVERAGING_MINUTES),
                name="storm_wind_has_its_averaging_period",
            ),
            models.CheckConstraint(
                condition=Q(wind_kt__isnull=True) | Q(wind_kt__lte=HIGHEST_WIND_KT),
                name="storm_wind_plausible",
            ),
            models.CheckConstraint(
                condition=Q(pressure_hpa__isnull=True) | Q(pressure_hpa__range=PRESSURES_HPA),
                name="storm_pressure_plausible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.storm_id} {self.time:%Y-%m-%d %H:%MZ}"


class WindRadius(models.Model):
    """How far winds of a threshold reach from a fix, in each quadrant."""

    fix = models.ForeignKey(StormFix, on_delete=models.CASCADE, related_name="radii")
    threshold_kt = models.PositiveSmallIntegerField()
    """34, 50 or 64 knots."""
    ne_nm = models.PositiveSmallIntegerField(null=True, blank=True)
    """Greatest extent in the north-east quadrant, nautical miles; empty = unknown, 0 = none."""
    se_nm = models.PositiveSmallIntegerField(null=True, blank=True)
    sw_nm = models.PositiveSmallIntegerField(null=True, blank=True)
    nw_nm = models.PositiveSmallIntegerField(null=True, blank=True)
    geom = MultiPolygonField(srid=WGS84_SRID)
    """Geodesic sectors of the known quadrants, split at the antimeridian; made by `record_fixes`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fix", "threshold_kt"], name="wind_radius_once_per_threshold"),
            models.CheckConstraint(condition=Q(threshold_kt__in=THRESHOLDS), name="wind_radius_threshold_known"),
        ]

    def __str__(self) -> str:
        return f"{self.threshold_kt} kt: {self.ne_nm}/{self.se_nm}/{self.sw_nm}/{self.nw_nm} nm"


class RescueAsset(models.Model):
    """A boat, vehicle, team or aircraft that can be sent."""

    class Kind(models.TextChoices):
        BOAT = "boat", _("Boat")
        TRUCK = "truck", _("Truck")
        AMBULANCE = "ambulance", _("Ambulance")
        TEAM = "team", _("Team on foot")
        HELICOPTER = "helicopter", _("Helicopter")

    class Status(models.TextChoices):
        READY = "ready", _("Ready")
        MOVING = "moving", _("On the way")
        BUSY = "busy", _("At work")
        OUT = "out", _("Out of service")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READY)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    """Home commune."""
    crew = models.PositiveSmallIntegerField(default=0)
    fuel_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    contact = models.CharField(max_length=80, blank=True)
    team = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="assets")
    """The account that reports its positions."""
    position = PointField(srid=WGS84_SRID, null=True, editable=False)
    """The newest position, kept by the database: a late one never moves it back."""
    positioned_at = models.DateTimeField(null=True, editable=False)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fuel_percent__isnull=True) | Q(fuel_percent__lte=100),
                name="asset_fuel_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AssetPosition(models.Model):
    """One reported position of an asset."""

    asset = models.ForeignKey(RescueAsset, on_delete=models.CASCADE, related_name="positions", db_index=False)
    time = models.DateTimeField()
    position = PointField(srid=WGS84_SRID, spatial_index=False)
    accuracy_m = models.FloatField(null=True, blank=True)
    """Radius around the position that holds the asset, as the receiver tells it."""
    speed_kt = models.FloatField(null=True, blank=True)
    """Over ground, as the receiver tells it."""
    course_deg = models.FloatField(null=True, blank=True)
    """Degrees from north, clockwise."""
    implausible = models.BooleanField(default=False)
    """Farther from the position before than an asset of its kind gets in the time: kept, and marked."""
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("asset"), F("time").desc(), name="asset_positioned_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(course_deg__isnull=True) | Q(course_deg__gte=0, course_deg__lt=360),
                name="asset_course_is_an_angle",
            ),
            models.CheckConstraint(
                condition=(Q(accuracy_m__isnull=True) | Q(accuracy_m__gte=0))
                & (Q(speed_kt__isnull=True) | Q(speed_kt__gte=0)),
                name="asset_report_without_negative_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} {self.time:%Y-%m-%d %H:%M:%SZ}"


class Shelter(models.Model):
    """A place of safety from storms: an anchorage for boats or a building for people."""

    class Kind(models.TextChoices):
        ANCHORAGE = "anchorage", _("Storm anchorage")
        EVACUATION = "evacuation", _("Evacuation shelter")

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    capacity = models.PositiveIntegerField(_("Capacity"), null=True, blank=True)
    """Boats of an anchorage, people of an evacuation shelter; unknown where empty."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name=_("Commune"))
    contact = models.CharField(_("Contact"), max_length=120, blank=True)
    position = PointField(srid=WGS84_SRID)
    version = models.PositiveIntegerField(default=1, editable=False)
    """Counts changes; who edits names the one he read."""
    source = models.CharField(_("Source"), max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["anchorage", "evacuation"]), name="shelter_kind_known"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__range=(1, 1_000_000)),
                name="shelter_capacity_plausible",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name="") & ~Q(source=""), name="shelter_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IncidentQuerySet(QuerySet["Incident"]):
    def waiting(self) -> "IncidentQuerySet":
        """Those that somebody still has to deal with."""
        return self.filter(status__in=["new", "confirmed"])


class Incident(models.Model):
    """Something that happened and may need help, as it was reported."""

    class Kind(models.TextChoices):
        FLOOD = "flood", _("Flooding")
        LANDSLIDE = "landslide", _("Landslide")
        BOAT = "boat", _("Boat in distress")
        PEOPLE = "people", _("People in danger")
        BUILDING = "building", _("Damaged building")
        ROAD = "road", _("Blocked road")
        POWER = "power", _("Power failure")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        NEW = "new", _("Reported")
        CONFIRMED = "confirmed", _("Confirmed")
        RESOLVED = "resolved", _("Dealt with")
        DISMISSED = "dismissed", _("False alarm")

    reported_at = models.DateTimeField(_("Reported at"))
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    text = models.CharField(_("Report"), max_length=2000)
    contact = models.CharField(_("Contact"), max_length=120, blank=True)
    status = models.CharField(_("Status"), max_length=12, choices=Status.choices, default=Status.NEW)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name=_("Commune"))
    position = PointField(srid=WGS84_SRID)
    version = models.PositiveIntegerField(default=1, editable=False)
    source = models.CharField(_("Source"), max_length=120)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["flood", "landslide", "boat", "people", "building", "road", "power", "other"]),
                name="incident_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "confirmed", "resolved", "dismissed"]), name="incident_status_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="incident_is_described"),
        ]
        indexes = [models.Index(fields=["commune", "-reported_at"], name="incident_by_commune")]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_kind_display()} {self.reported_at:%Y-%m-%d %H:%MZ}"
