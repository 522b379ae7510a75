"""What a parcel's page tells beyond its fields: its corners, and its versions on both time axes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas
from gis.layers import Field
from gis.layers.sections import CORNERS, CORNERS_TITLE, MOST_ROWS, Section
from gis.layers.sections import corners as ring_corners
from land.models import BoundaryPoint, Parcel

VERSIONS = (
    Field("version", _("Version"), "integer"),
    Field("valid_from", _("In force since"), "date"),
    Field("valid_to", _("Until"), "date"),
    Field("recorded_from", _("Recorded"), "datetime"),
    Field("recorded_to", _("Replaced"), "datetime"),
    Field("sheet", _("Sheet"), "integer"),
    Field("number", _("Number"), "integer"),
    Field("land_use", _("Land use")),
    Field("legal_area_m2", _("Area"), "number", unit="m²"),
    Field("source", _("Source")),
)


def corners(areas: Areas, identifier: Any) -> Section | None:
    """The corners of the version in force; of a hole, with the number of the hole before a stroke."""
    ring = (
        Parcel.objects.current().visible_in(areas).filter(identifier=identifier).values_list("ring", flat=True).first()
    )
    if ring is None:
        return None
    places = BoundaryPoint.objects.in_bulk([point for point in ring if point])
    rows: list[tuple[Any, ...]] = []
    for part, points in enumerate(_parts(ring)):
        before = f"{part}/" if part else ""
        named = [(f"{before}{at}", places[one].geom.x, places[one].geom.y) for at, one in enumerate(points, 1)]
        rows += ring_corners(named)
    return Section(CORNERS_TITLE, CORNERS, rows)


def versions(areas: Areas, identifier: Any) -> Section | None:
    """Every version that the viewer may see, whatever the use of the land was then."""
    found = Parcel.objects.visible_in(areas).filter(identifier=identifier).order_by("-version")
    rows = list(
        found.values_list(*(f"{field.name}_id" if field.name == "land_use" else field.name for field in VERSIONS))[
            :MOST_ROWS
        ]
    )
    return Section(_("Versions"), VERSIONS, rows)


def _parts(ring: list[int]) -> list[list[int]]:
    """The outer ring, then each hole: a 0 stands before a hole."""
    parts: list[list[int]] = [[]]
    for point in ring:
        if point == 0:
            parts.append([])
        else:
            parts[-1].append(point)
    return parts
