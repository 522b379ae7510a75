"""Which rights and restrictions an operation concerns, and which of the parcels it leaves each of them meets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

import shapely

from land.models import Restriction, Right
from land.operations.preview import Outcome, Preview, attachments
from land.rights.decisions import Decision, Holders, decisions_of

LEAST_M2 = 0.01
"""A restriction meets a parcel where they share more than that."""
MEMBER = "encumbrances"


@dataclass(frozen=True)
class Encumbrance:
    """A right or restriction in force that an operation concerns."""

    row: Right | Restriction
    holders: Holders
    """Shares of a right; the one holder of a restriction, whole."""
    names: Mapping[int, str]
    children: Mapping[str, shapely.Geometry | None]
    """Label of a parcel as it will be → the part of it that is met; None: the whole parcel."""
    ended: bool
    """Whether its parcel ends, so that it is written anew for the children."""
    decision: Decision | None

    @property
    def is_right(self) -> bool:
        return isinstance(self.row, Right)

    @property
    def key(self) -> str:
        return f"{'right' if self.is_right else 'restriction'}:{self.row.pk}"

    def as_json(self) -> dict[str, Any]:
        part = shape_of(self.row)
        return {
            "key": self.key,
            "kind": self.row.kind,
            "parcel": self.row.parcel,
            "children": sorted(self.children),
            "decision": self.decision.verdict if self.decision else None,
            "holders": [
                {"party": party, "name": self.names[party], "share": str(share)}
                for party, share in sorted(self.holders.items())
            ],
            "document": self.row.document.number,
            "expires_on": self.row.expires_on.isoformat() if self.row.expires_on else None,
            "part": shapely.geometry.mapping(part) if part is not None else None,
        }


@dataclass(frozen=True)
class Encumbrances:
    all: list[Encumbrance]
    decisions: Mapping[str, Decision] = field(default_factory=dict)

    @property
    def unknown(self) -> list[str]:
        """Decisions on what this operation does not concern."""
        return sorted(set(self.decisions) - {one.key for one in self.all})

    def as_json(self) -> list[dict[str, Any]]:
        return [one.as_json() for one in self.all]


def encumbrances_of(seen: Preview) -> Encumbrances:
    """What *seen* concerns, as it was attached to it."""
    return cast(Encumbrances, seen.attached[MEMBER])


def shape_of(row: Right | Restriction) -> shapely.Geometry | None:
    """The part that *row* concerns, in metres of EPSG:5899; None: the whole parcel."""
    geom = row.geom if isinstance(row, Restriction) else None
    return shapely.from_wkb(bytes(geom.wkb)) if geom is not None else None


def gather(seen: Preview) -> Encumbrances:
    """In a fixed number of queries, however many parcels there are."""
    ended = set(seen.plan.edit.ended if seen.plan else ())
    stay = {one.label: one for one in seen.outcomes if not one.born and not one.refined}
    concerned = ended | set(stay) or set(seen.around.named)
    decisions = decisions_of(seen.operation)
    rights = Right.objects.filter(Right.IN_FORCE, parcel__in=concerned).select_related("document")
    restrictions = Restriction.objects.filter(Restriction.IN_FORCE, parcel__in=concerned)
    rows: list[Right | Restriction] = [
        *rights.prefetch_related("shares__party").order_by("parcel", "pk"),
        *restrictions.select_related("document", "holder").order_by("parcel", "pk"),
    ]
    born = [one for one in seen.outcomes if one.born]
    found = []
    for row in rows:
        holders, names = _holders(row)
        key = f"{'right' if isinstance(row, Right) else 'restriction'}:{row.pk}"
        gone = row.parcel in ended
        children = _met(row, born, seen, len(ended)) if gone else _still(row, stay.get(row.parcel))
        found.append(Encumbrance(row, holders, names, children, gone, decisions.get(key)))
    return Encumbrances(found, decisions)


def _holders(row: Right | Restriction) -> tuple[Holders, dict[int, str]]:
    if isinstance(row, Right):
        shares = list(row.shares.all())
        return (
            {share.party_id: Fraction(share.numerator, share.denominator) for share in shares},
            {share.party_id: share.party.name for share in shares},
        )
    return ({row.holder.pk: Fraction(1)}, {row.holder.pk: row.holder.name}) if row.holder else ({}, {})


def _met(
    row: Right | Restriction, born: Iterable[Outcome], seen: Preview, parents: int
) -> dict[str, shapely.Geometry | None]:
    """The children that *row* of a parent meets, with the part of each."""
    part = shape_of(row)
    if part is None:
        part = seen.around.patch.polygon(row.parcel)
        if parents == 1 or isinstance(row, Right):
            return {one.label: None for one in born if _area(part, one.polygon) > LEAST_M2}
    met: dict[str, shapely.Geometry | None] = {}
    for one in born:
        shared = areas_of(shapely.intersection(part, one.polygon))
        if shared.area > LEAST_M2:
            met[one.label] = None if one.area_m2 - shared.area <= LEAST_M2 else shared
    return met


def _still(row: Right | Restriction, outcome: Outcome | None) -> dict[str, shapely.Geometry | None]:
    """Its own parcel, as long as they meet there."""
    part = shape_of(row)
    if outcome is None or part is None or _area(part, outcome.polygon) > LEAST_M2:
        return {row.parcel: part}
    return {}


def _area(one: shapely.Geometry, other: shapely.Geometry) -> float:
    return float(shapely.intersection(one, other).area)


def areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """*shape* without points and lines, such as where two areas only touch."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(shapely.get_parts(parts).tolist())


attachments[MEMBER] = gather
