"""Whatever is done to a real sheet, in whatever order: the fabric stays whole, judged by PostGIS alone."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gis.problems import Forbidden, RuleRefused
from land.models import BoundaryPoint, Parcel, ParcelChange
from support.fabric import COMMUNE, done, judged, lineage_is_acyclic

EXAMPLES, STEPS = 8, 25
OPERATIONS = ("split", "area", "equal", "distance", "merge", "move", "insert", "remove", "undo")


def parcels_of_sheet() -> list[Parcel]:
    """The parcels in force of the commune's first sheet, in the order of their places."""
    return sorted(
        Parcel.objects.current().filter(commune_id=COMMUNE, sheet=1), key=lambda row: (row.geom.extent, row.ring)
    )


def whole_box() -> tuple[float, float, float, float]:
    boxes = [row.geom.extent for row in Parcel.objects.current().filter(commune_id=COMMUNE)]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def drawn_operation(data: st.DataObject) -> dict[str, Any] | None:
    """An operation on a random parcel; None where there is nothing to do it to."""
    rows = parcels_of_sheet()
    row = rows[data.draw(st.integers(0, len(rows) - 1), label="parcel")]
    kind = data.draw(st.sampled_from(OPERATIONS), label="operation")
    outer = row.ring[: row.ring.index(0)] if 0 in row.ring else row.ring
    corner = data.draw(st.integers(0, len(outer) - 1), label="corner")
    side = [outer[corner - 1], outer[corner]]
    west, south, east, north = row.geom.extent
    part = st.floats(0, 1).map(lambda share: round(share, 4))

    def place() -> list[float]:
        return [round(west + data.draw(part) * (east - west), 3), round(south + data.draw(part) * (north - south), 3)]

    if kind == "split":
        return {"op": "split", "parcel": row.identifier, "line": [place(), place()]}
    if kind == "area":
        area = max(0.1, round(row.area_m2 * data.draw(st.floats(0.1, 0.9)), 1))
        return {"op": "split_by_area", "parcel": row.identifier, "side": side, "area_m2": area}
    if kind == "equal":
        parts = data.draw(st.integers(2, 4))
        return {"op": "split_equally", "parcel": row.identifier, "side": side, "parts": parts}
    if kind == "distance":
        return {"op": "split_at_distance", "parcel": row.identifier, "side": side, "distance_m": 2}
    if kind == "merge":
        near = sorted(
            Parcel.objects.current().filter(geom__touches=row.geom, commune_id=COMMUNE),
            key=lambda other: (other.geom.extent, other.ring),
        )
        if not near:
            return None
        other = near[data.draw(st.integers(0, len(near) - 1))]
        return {"op": "merge", "parcels": [row.identifier, other.identifier]}
    if kind == "move":
        at = BoundaryPoint.objects.get(pk=outer[corner]).geom
        shift = st.floats(-0.5, 0.5)
        to = [round(at.x + data.draw(shift), 3), round(at.y + data.draw(shift), 3)]
        return {"op": "move_points", "points": {str(outer[corner]): to}}
    if kind == "insert":
        return {"op": "insert_point", "parcel": row.identifier, "at": {"side": side, "at": 0.5}}
    if kind == "remove":
        return {"op": "remove_point", "point": outer[corner]}
    recent = list(ParcelChange.objects.order_by("-pk").values_list("pk", flat=True)[:5])
    return {"op": "undo", "change": recent[data.draw(st.integers(0, len(recent) - 1))]} if recent else None


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a chain of edits takes longer than to read it
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_random_operations_never_tear_the_fabric(db: None, data: st.DataObject) -> None:
    with transaction.atomic():
        before = judged(whole_box())
        carried_out = 0
        for _ in range(STEPS):
            operation = drawn_operation(data)
            if operation is None:
                continue
            try:
                with transaction.atomic():
                    done(operation)
                carried_out += 1
            except (RuleRefused, Forbidden):
                continue
        after = judged(whole_box())
        assert (after["overlaps"], after["broken"], after["apart"]) == (0, 0, 0)
        assert after["together"] == pytest.approx(after["area"], abs=0.001)
        # Moves of points on the rim of the fabric change its area; everything else keeps it, and so the register.
        gained = float(after["area"] - before["area"])
        assert float(after["legal"] - before["legal"]) == pytest.approx(gained, abs=0.06 * carried_out + 1e-9)
        assert lineage_is_acyclic()
        transaction.set_rollback(True)
