"""What a concession's page tells beyond its fields: the corners of the licence."""

from typing import Any

from gis.access.viewer import Areas
from gis.layers.sections import CORNERS, CORNERS_TITLE, Section
from gis.layers.sections import corners as ring_corners
from mines.models import ConcessionCorner


def corners(areas: Areas, licence_number: Any) -> Section | None:
    """The numbered corners as the licence lists them; they are in the public register."""
    found = ConcessionCorner.objects.filter(concession__licence_number=licence_number).order_by("number")
    rows = ring_corners([(str(one.number), one.geom.x, one.geom.y) for one in found])
    return Section(CORNERS_TITLE, CORNERS, rows) if rows else None
