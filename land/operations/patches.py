"""Fetches the patch of the fabric that an operation is about: its parcels, their neighbours, all their points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from django.contrib.gis.geos import Polygon as GeosPolygon
from django.db import connection

from gis.geometry.crs import LEGAL_SRID
from land.models import Parcel
from land.operations.kinds import Operation
from land.science.patch import Patch, rings_from_array

MARGIN_M = 1.0
"""Around the parcels of an operation: whoever is farther off is no neighbour."""
MOST_PARCELS = 5_000
"""In one patch: an operation that needs more is no edit but a load."""

Box = tuple[float, float, float, float]

POINTS = """
SELECT id, round(ST_X(geom) * 1000)::bigint, round(ST_Y(geom) * 1000)::bigint FROM boundary_point
WHERE id = ANY (%s)
"""


@dataclass(frozen=True)
class Surroundings:
    """The rows that an operation names or whose points it changes, and with their neighbours the patch."""

    rows: dict[str, Parcel]
    """By identifier, neighbours included."""
    named: list[str]
    """Identifiers of those that the operation is about."""
    patch: Patch
    loaded: tuple[Box, ...]
    """Where every parcel in force is in `rows`."""


def surroundings(operation: Operation) -> Surroundings:
    """The patch of *operation*. What it names and is not there is missing from `named`, and no error."""
    current = Parcel.objects.current()
    named = list(current.filter(identifier__in=operation.parcels)) if operation.parcels else []
    if operation.points:
        named += current.filter(ring__overlap=operation.points)
    rows = {row.identifier: row for row in named}
    identifiers = list(rows)
    boxes = [with_margin([row.geom.extent]) for row in named]
    for box in boxes:
        if len(rows) < MOST_PARCELS:
            rows |= {near.identifier: near for near in _in_box(box)}
    return Surroundings(rows, identifiers, patch_of(rows.values()), tuple(boxes))


def widened(known: Surroundings, shapes: Sequence[shapely.Geometry]) -> Surroundings:
    """*known* with the parcels that *shapes* (metres) reach beyond it."""
    boxes = [shape.bounds for shape in shapes if not any(_within(shape.bounds, box) for box in known.loaded)]
    if not boxes:
        return known
    rows = dict(known.rows)
    wider = with_margin(boxes)
    rows |= {near.identifier: near for near in _in_box(wider) if near.identifier not in rows}
    return Surroundings(rows, known.named, patch_of(rows.values()), (*known.loaded, wider))


def patch_of(rows: Iterable[Parcel]) -> Patch:
    parcels = {row.identifier: rings_from_array(row.ring) for row in rows}
    ids = sorted({point for rings in parcels.values() for ring in rings for point in ring})
    with connection.cursor() as cursor:
        cursor.execute(POINTS, [ids])
        return Patch({point: (easting, northing) for point, easting, northing in cursor.fetchall()}, parcels)


def _within(bounds: Box, box: Box) -> bool:
    """Whether *bounds* lie in *box* with half of its margin to spare."""
    spare = MARGIN_M / 2
    return all(low - spare >= least for low, least in zip(bounds[:2], box[:2], strict=True)) and all(
        high + spare <= most for high, most in zip(bounds[2:], box[2:], strict=True)
    )


def with_margin(bounds: Sequence[Box]) -> Box:
    lows, highs = [bound[:2] for bound in bounds], [bound[2:] for bound in bounds]
    return (
        min(low[0] for low in lows) - MARGIN_M,
        min(low[1] for low in lows) - MARGIN_M,
        max(high[0] for high in highs) + MARGIN_M,
        max(high[1] for high in highs) + MARGIN_M,
    )


def lock(box: Box) -> None:
    """Keep other writers out of *box* until the transaction ends, as the guards of the fabric do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT halong_lock_place('land_parcel', ST_MakeEnvelope(%s, %s, %s, %s)::box2d)", list(box))


def _in_box(box: Box) -> Iterable[Parcel]:
    shape = GeosPolygon.from_bbox(box)
    shape.srid = LEGAL_SRID
    return Parcel.objects.current().filter(geom__bboverlaps=shape)[:MOST_PARCELS]
