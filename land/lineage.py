"""Where a parcel came from and what came of it: a walk along descents, in the database."""

from typing import Any

from django.db import connection

from gis.access.viewer import Areas
from land.codes import HIDDEN_USES

MOST_EDGES = 1_000

LINEAGE = """
WITH RECURSIVE up AS (
    SELECT descent.* FROM land_descent AS descent JOIN land_parcel AS child ON child.id = descent.child_id
    WHERE child.identifier = %(identifier)s
    UNION
    SELECT descent.* FROM up JOIN land_parcel AS reached ON reached.id = up.parent_id
    JOIN land_parcel AS same ON same.identifier = reached.identifier AND same.version <= reached.version
    JOIN land_descent AS descent ON descent.child_id = same.id
), down AS (
    SELECT descent.* FROM land_descent AS descent JOIN land_parcel AS parent ON parent.id = descent.parent_id
    WHERE parent.identifier = %(identifier)s
    UNION
    SELECT descent.* FROM down JOIN land_parcel AS reached ON reached.id = down.child_id
    JOIN land_parcel AS same ON same.identifier = reached.identifier AND same.version >= reached.version
    JOIN land_descent AS descent ON descent.parent_id = same.id
)
SELECT parent.identifier, parent.version, child.identifier, child.version, round(edge.area_m2::numeric, 4)::float8,
       change.id, change.kind, change.effective_on, document.number, document.issued_on, document.issuer
FROM (SELECT * FROM up UNION SELECT * FROM down) AS edge
JOIN land_parcel AS parent ON parent.id = edge.parent_id
JOIN land_parcel AS child ON child.id = edge.child_id
JOIN land_parcelchange AS change ON change.id = edge.change_id
JOIN land_sourcedocument AS document ON document.id = change.document_id
WHERE (parent.land_use_id <> ALL (%(hidden)s) OR halong_in_areas(%(areas)s, parent.commune_id))
  AND (child.land_use_id <> ALL (%(hidden)s) OR halong_in_areas(%(areas)s, child.commune_id))
ORDER BY change.id, parent.identifier, child.identifier
LIMIT %(most)s
"""


def lineage_of(identifier: str, areas: Areas) -> list[dict[str, Any]]:
    """The descents that lead to the parcel *identifier* and on from it, as a viewer with *areas* may know them."""
    told: dict[str, Any] = {"identifier": identifier, "areas": areas, "hidden": list(HIDDEN_USES), "most": MOST_EDGES}
    with connection.cursor() as cursor:
        cursor.execute(LINEAGE, told)
        return [_edge(row) for row in cursor.fetchall()]


def _edge(row: tuple[Any, ...]) -> dict[str, Any]:
    parent, parent_version, child, child_version, area, change, kind, effective_on, number, issued_on, issuer = row
    return {
        "parent": {"identifier": parent, "version": parent_version},
        "child": {"identifier": child, "version": child_version},
        "area_m2": area,
        "change": {"number": change, "kind": kind, "effective_on": effective_on.isoformat()},
        "document": {"number": number, "issued_on": issued_on.isoformat(), "issuer": issuer},
    }
