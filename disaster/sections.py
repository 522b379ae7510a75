"""What pages of storms and rescue assets tell beyond their fields: fixes and positions."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from disaster.codes import CLASSES
from disaster.models import AssetPosition, StormFix
from gis.access.viewer import Areas, covers
from gis.layers import Field
from gis.layers.sections import MOST_ROWS, Section

PLACE = (Field("lat", _("Latitude"), "number", unit="°"), Field("lon", _("Longitude"), "number", unit="°"))
FIXES = (
    Field("time", _("Time"), "datetime"),
    *PLACE,
    Field("wind_kt", _("Wind"), "integer", unit="kt"),
    Field("wind_averaging_minutes", _("Averaged over"), "integer", unit="min"),
    Field("beaufort", _("Wind level"), "integer"),
    Field("wind_class", _("Class"), values=CLASSES),
    Field("pressure_hpa", _("Pressure"), "integer", unit="hPa"),
    Field("source", _("Source")),
)
POSITIONS = (
    Field("time", _("Time"), "datetime"),
    *PLACE,
    Field("speed_kt", _("Speed"), "number", unit="kt"),
    Field("course_deg", _("Course"), "number", unit="°"),
    Field("accuracy_m", _("Accuracy"), "number", unit="m"),
    Field("implausible", _("Implausible"), "boolean"),
    Field("source", _("Source")),
)


def fixes(areas: Areas, storm: Any) -> Section | None:
    """The fixes by the source that the storm is followed by, newest first."""
    found = StormFix.objects.on_track().filter(storm=storm).order_by("-time")[:MOST_ROWS]
    rows = [(one.time, *_degrees(one.position), *(getattr(one, field.name) for field in FIXES[3:])) for one in found]
    return Section(_("Fixes"), FIXES, rows) if rows else None


def positions(areas: Areas, code: Any) -> Section | None:
    """Exact positions, newest first: for those alone who see them on the map."""
    found = (
        AssetPosition.objects.filter(asset__code=code).select_related("asset").order_by("asset", "-time")[:MOST_ROWS]
    )
    rows = [
        (one.time, *_degrees(one.position), *(getattr(one, field.name) for field in POSITIONS[3:]))
        for one in found
        if covers(areas, one.asset.commune_id)
    ]
    return Section(_("Positions"), POSITIONS, rows) if rows else None


def _degrees(position: Any) -> tuple[Decimal, Decimal]:
    return Decimal(f"{position.y:.3f}"), Decimal(f"{position.x:.3f}")
