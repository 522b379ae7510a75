"""The fabric of parcels in tests: small fabrics made on purpose, operations done to them, an independent judge."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection

from gis.access.grants import viewer_of
from gis.access.models import User
from gis.access.viewer import Viewer
from land.actions.carry_out import carry_out
from land.models import BoundaryPoint, Parcel, ParcelChange, SourceDocument
from land.operations.kinds import read_operation
from land.operations.preview import Preview, preview

EMPTY_PLACE = (440_000.0, 2_290_000.0)
"""A corner far from any parcel of the demo province (EPSG:5899)."""
OFFICER, APPROVER = "land.halong", "land.halong2"
COMMUNE = "06685"
SINCE, TODAY = date(2025, 7, 1), date(2025, 9, 1)


def account(username: str) -> User:
    return User.objects.get(username=username)


def actor(username: str = APPROVER) -> Viewer:
    return viewer_of(account(username))


def points(*places: tuple[float, float]) -> list[int]:
    """Ids of new boundary points, metres from the empty place."""
    return [
        BoundaryPoint.objects.create(
            geom=Point(EMPTY_PLACE[0] + east, EMPTY_PLACE[1] + north, srid=5899), method="gnss"
        ).pk
        for east, north in places
    ]


def parcel(identifier: str, ring: list[int], **values: Any) -> Parcel:
    """A parcel in force with *ring*; the database derives its geometry."""
    row: dict[str, Any] = {
        "identifier": identifier,
        "commune_id": COMMUNE,
        "sheet": 1,
        "number": 1,
        "land_use_id": "ODT",
        "legal_area_m2": 100,
        "valid_from": SINCE,
        "source": "test",
        "ring": ring,
        "geom": "SRID=5899;POLYGON((0 0,1 0,1 1,0 0))",
    } | values
    created = Parcel.objects.create(**row)
    created.refresh_from_db()
    return created


def at(east: float, north: float) -> list[float]:
    """Coordinates of an operation, metres from the empty place."""
    return [EMPTY_PLACE[0] + east, EMPTY_PLACE[1] + north]


def document(number: str = "12/QĐ-UBND", kind: str = "decision") -> SourceDocument:
    found, _ = SourceDocument.objects.get_or_create(
        kind=kind, number=number, issued_on=date(2025, 8, 15), issuer="UBND phường Hồng Gai"
    )
    return found


def previewed(operation: dict[str, Any], by: str = APPROVER, on: date | None = None) -> Preview:
    return preview(actor(by), read_operation(operation), operation, on)


def done(operation: dict[str, Any], effective_on: date = TODAY) -> ParcelChange:
    """*operation*, drawn by the officer and let in by the approver. Raises what refuses it."""
    seen = previewed(operation, on=effective_on)
    return carry_out(
        actor(),
        operation,
        preview_hash=seen.hash,
        document=document(),
        effective_on=effective_on,
        officer=account(OFFICER),
    )


def current(identifiers: Iterable[str] | None = None) -> dict[str, Parcel]:
    rows = Parcel.objects.current().filter(source__isnull=False)
    if identifiers is not None:
        rows = rows.filter(identifier__in=list(identifiers))
    return {row.identifier: row for row in rows}


JUDGE = """
WITH fabric AS (
    SELECT identifier, geom, ring, area_m2, legal_area_m2 FROM land_parcel
    WHERE valid_to IS NULL AND recorded_to IS NULL AND ST_Intersects(geom, ST_MakeEnvelope(%s, %s, %s, %s, 5899))
)
SELECT (SELECT count(*) FROM fabric AS a JOIN fabric AS b ON a.identifier < b.identifier AND a.geom && b.geom
        WHERE ST_Area(ST_Intersection(a.geom, b.geom)) > 1e-4) AS overlaps,
       (SELECT count(*) FROM fabric WHERE NOT ST_IsValid(geom)) AS broken,
       (SELECT count(*) FROM fabric WHERE NOT ST_OrderingEquals(geom, land_ring_polygon(ring))) AS apart,
       (SELECT round(sum(area_m2)::numeric, 3) FROM fabric) AS area,
       (SELECT round(ST_Area(ST_Union(geom))::numeric, 3) FROM fabric) AS together,
       (SELECT sum(legal_area_m2) FROM fabric) AS legal
"""


def judged(box: tuple[float, float, float, float]) -> dict[str, Any]:
    """What PostGIS says of the parcels in force that meet *box*, knowing nothing of operations."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGE, list(box))
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone(), strict=True))


def lineage_is_acyclic() -> bool:
    """Whether no version comes of itself, by walking every descent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE walk AS (SELECT parent_id, child_id FROM land_descent"
            " UNION SELECT walk.parent_id, next.child_id FROM walk JOIN land_descent AS next"
            " ON next.parent_id = walk.child_id) SELECT count(*) FROM walk WHERE parent_id = child_id"
        )
        return bool(cursor.fetchone()[0] == 0)
