"""The preview: what an operation would make of the fabric, judged, and named by a hash.

What is carried out later is planned anew under locks; if it is not this preview to the last millimetre and version,
its hash differs and it is refused.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.problems import Forbidden, NotFound, RuleRefused, SignInNeeded
from land.codes import DRAFTERS, READERS
from land.models import Parcel
from land.operations.kinds import Operation, Plan
from land.operations.patches import MOST_PARCELS, Surroundings, surroundings, widened
from land.operations.refusals import WORDS
from land.science import legal_areas
from land.science.coverage import faults
from land.science.patch import MM, Impossible, Patch, Rings, metres

REFINEMENT_M2 = 0.05
"""A parcel that gets a point on one of its sides may change its area by that much, as a refinement of its geometry."""
REFUSES, WARNS = "refuses", "warns"


@dataclass(frozen=True)
class Finding:
    """What a rule says of an operation: its code, whether it refuses, measured value, limit, citation and place."""

    rule: str
    severity: str
    message: str
    measured: str = ""
    limit: str = ""
    citation: str = ""
    parcels: tuple[str, ...] = ()
    where: shapely.Geometry | None = None
    basis: str = ""
    """How far the rule can be relied on, where it is a dated row: verified, unverified, demo, or none at all."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "measured": self.measured,
            "limit": self.limit,
            "citation": self.citation,
            "parcels": list(self.parcels),
            "where": shapely.geometry.mapping(self.where) if self.where is not None else None,
            "basis": self.basis,
        }


@dataclass(frozen=True)
class Outcome:
    """A parcel as it would be: new, or still itself with another shape."""

    label: str
    """Identifier, or the label of one yet to get it."""
    born: bool
    rings: Rings
    polygon: shapely.Polygon
    area_m2: float
    legal_area_m2: Decimal
    like: Parcel
    """The row that it takes commune, sheet, land use from."""
    refined: bool = False
    """Only a point was added on its side: the same parcel in law."""
    restores: str = ""
    """Identifier of the parcel of before that comes back in it."""


class Attachment(Protocol):
    """What another room shows in a preview, under a name of its own."""

    def as_json(self) -> Any:
        """Plain data, the same in every language: the hash covers it."""


@dataclass(frozen=True)
class Preview:
    operation: dict[str, Any]
    around: Surroundings
    plan: Plan | None
    outcomes: list[Outcome]
    findings: list[Finding] = field(default_factory=list)
    attached: dict[str, Attachment] = field(default_factory=dict)
    on: date = field(default_factory=timezone.localdate)
    """The day of effect that it is judged for."""

    @property
    def possible(self) -> bool:
        return self.plan is not None and not any(finding.severity == REFUSES for finding in self.findings)

    @property
    def base(self) -> dict[str, int]:
        """The versions that it was made from: of the parcels that end or change."""
        changed = [*(self.plan.edit.ended if self.plan else ()), *(one.label for one in self.outcomes if not one.born)]
        return {identifier: self.around.rows[identifier].version for identifier in sorted(changed)}

    @property
    def hash(self) -> str:
        """SHA-256 of everything that counts: operation, versions, points, rings, areas, what the rules found. Not of
        the words, which are of the reader's language."""
        told = self.as_json()
        for finding in told["findings"]:
            del finding["message"]
        plain = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()

    def refuse(self) -> None:
        """Raise `RuleRefused` with the first finding that refuses."""
        for finding in self.findings:
            if finding.severity == REFUSES:
                told = {
                    name: value
                    for name, value in finding.as_json().items()
                    if value and name not in ("message", "severity")
                }
                raise RuleRefused(finding.message, **told)

    def as_json(self) -> dict[str, Any]:
        """For the editor: coordinates in metres of EPSG:5899."""
        edit = self.plan.edit if self.plan else None
        return {
            "operation": self.operation,
            "possible": self.possible,
            "base": self.base,
            "ended": list(edit.ended) if edit else [],
            "points": _points_json(self.around.patch, self.plan) if self.plan else [],
            "parcels": [_outcome_json(one, self.around.patch, self.plan) for one in self.outcomes if self.plan],
            "findings": [finding.as_json() for finding in self.findings],
            "survey": _survey_json(self.plan) if self.plan and self.plan.survey else None,
            **{name: attachment.as_json() for name, attachment in self.attached.items()},
        }

    def as_answer(self) -> dict[str, Any]:
        return {**self.as_json(), "hash": self.hash}


Judge = Callable[[Preview], Iterable[Finding]]
judges: list[Judge] = []
"""Rules beyond geometry; each room of rules adds its own."""
attachments: dict[str, Callable[[Preview], Attachment]] = {}
"""What other rooms show in a preview, by the name of the member; made before the judges look."""


def preview(viewer: Viewer, operation: Operation, told: dict[str, Any], on: date | None = None) -> Preview:
    """What *operation* would do, for a viewer who may do it, by the rules of the day *on* (today, where not given).
    Raises `SignInNeeded`, `Forbidden`, `NotFound`.

    What cannot be, geometry or law, is a finding of the answer and no error.
    """
    day = on or timezone.localdate()
    around = surroundings(operation)
    _check_permission(viewer, operation, around)
    if len(around.rows) >= MOST_PARCELS:
        return Preview(told, around, None, [], [_finding(Impossible("patch_too_large", limit=str(MOST_PARCELS)))])
    try:
        plan = operation.plan(around.patch)
    except Impossible as reason:
        return Preview(told, around, None, [], [_finding(reason, operation.parcels)])
    around = widened(around, plan.edit.reach(around.patch))
    outcomes = _outcomes(around, plan)
    for outcome in outcomes:
        if not outcome.born:
            _require(viewer, outcome.like.commune_id)
    planned = Preview(told, around, plan, outcomes, _geometry_findings(around, plan, outcomes), on=day)
    if not planned.possible:
        return planned
    planned = replace(planned, attached={name: make(planned) for name, make in attachments.items()})
    return replace(planned, findings=[*planned.findings, *(one for judge in judges for one in judge(planned))])


def _check_permission(viewer: Viewer, operation: Operation, around: Surroundings) -> None:
    visible = set(
        Parcel.objects.current()
        .visible_in(viewer.areas(READERS))
        .filter(identifier__in=around.named)
        .values_list("identifier", flat=True)
    )
    missing = [identifier for identifier in operation.parcels if identifier not in visible]
    if missing:
        raise NotFound(_("There is no parcel with this identifier."), field="operation.parcel", expected=missing[0])
    known = {point for identifier in visible for ring in around.patch.parcels[identifier] for point in ring}
    if not set(operation.points) <= known:
        raise NotFound(_("No parcel in force uses this boundary point."), field="operation.points")
    if not viewer.signed_in:
        raise SignInNeeded
    for identifier in around.named:
        _require(viewer, around.rows[identifier].commune_id)


def _require(viewer: Viewer, commune: str) -> None:
    if not viewer.holds(DRAFTERS, commune):
        raise Forbidden(needed_roles=sorted(DRAFTERS), commune=commune)


def _outcomes(around: Surroundings, plan: Plan) -> list[Outcome]:
    before, after = around.patch, plan.edit.apply(around.patch)
    touched = plan.edit.touched(before)
    gains = {key: (after.twice_area(key) - before.twice_area(key)) / (2 * MM * MM) for key in touched}
    refined = {key for key in touched if key in plan.edit.redrawn and abs(gains[key]) <= REFINEMENT_M2}
    moved = [key for key in touched if key not in refined]
    legal = (
        legal_areas.adapt({key: around.rows[key].legal_area_m2 for key in moved}, {key: gains[key] for key in moved})
        if moved
        else {}
    )
    legal |= {key: around.rows[key].legal_area_m2 for key in refined}
    legal |= {key: row.legal_area_m2 for key, row in plan.restored.items() if key in touched}
    found = [_outcome(after, key, around.rows[key], legal[key], refined=key in refined) for key in touched]
    parents = [around.rows[key] for key in plan.edit.ended]
    if parents:
        total = sum((row.legal_area_m2 for row in parents), Decimal(0))
        shares = legal_areas.share(total, {label: after.area_m2(label) for label in plan.edit.born})
        like = max(parents, key=lambda row: (row.legal_area_m2, row.identifier))
        found += [_born(after, label, plan.restored.get(label), like, shares[label]) for label in plan.edit.born]
    return found


def _born(after: Patch, label: str, restored: Parcel | None, like: Parcel, legal: Decimal) -> Outcome:
    if restored is None:
        return _outcome(after, label, like, legal, born=True)
    return _outcome(after, label, restored, restored.legal_area_m2, born=True, restores=restored.identifier)


def _outcome(
    after: Patch,
    label: str,
    like: Parcel,
    legal: Decimal,
    *,
    born: bool = False,
    refined: bool = False,
    restores: str = "",
) -> Outcome:
    return Outcome(
        label=label,
        born=born,
        rings=after.parcels[label],
        polygon=after.polygon(label),
        area_m2=after.area_m2(label),
        legal_area_m2=legal,
        like=like,
        refined=refined,
        restores=restores,
    )


def _geometry_findings(around: Surroundings, plan: Plan, outcomes: list[Outcome]) -> list[Finding]:
    # Bystanders are not named: they may be of another commune, and hidden.
    concerned = {one.label for one in outcomes}
    found = [
        Finding(
            fault.reason,
            REFUSES,
            str(WORDS[fault.reason]),
            parcels=tuple(key for key in fault.parcels if key in concerned),
            where=fault.where,
        )
        for fault in faults(around.patch, plan.edit)
    ]
    if plan.edit.ended:
        found += [
            _neighbour_changed(around, outcome) for outcome in outcomes if not outcome.born and not outcome.refined
        ]
    if plan.survey:
        found += [
            Finding(
                "measurement_blunder",
                REFUSES,
                str(WORDS["measurement_blunder"]),
                measured=f"{abs(residual.standardised):.1f}",
                limit="3.3",
                citation="W. Baarda 1968, α₀ = 0,1 %",
            )
            for residual in plan.survey.blunders[:1]
        ]
    return found


def _neighbour_changed(around: Surroundings, outcome: Outcome) -> Finding:
    change = outcome.area_m2 - around.patch.area_m2(outcome.label)
    return Finding(
        "neighbour_area_kept",
        REFUSES,
        str(WORDS["neighbour_area_kept"]),
        measured=f"{abs(change):.4f} m²",
        limit=f"{REFINEMENT_M2} m²",
        parcels=(outcome.label,),
        where=outcome.polygon,
    )


def _finding(reason: Impossible, parcels: Iterable[str] = ()) -> Finding:
    return Finding(
        reason.reason,
        REFUSES,
        str(WORDS[reason.reason]),
        measured=reason.measured,
        limit=reason.limit,
        parcels=tuple(parcels),
        where=reason.where,
    )


def _points_json(before: Patch, plan: Plan) -> list[dict[str, Any]]:
    added = [{"id": point, "at": metres(place), "was": None} for point, place in plan.edit.added.items()]
    moved = [
        {"id": point, "at": metres(place), "was": metres(before.points[point])}
        for point, place in plan.edit.moved.items()
    ]
    return sorted([*added, *moved], key=lambda point: str(point["id"]))


def _outcome_json(outcome: Outcome, before: Patch, plan: Plan | None) -> dict[str, Any]:
    assert plan is not None
    points = {**before.points, **plan.edit.moved, **plan.edit.added}
    return {
        "label": outcome.label,
        "new": outcome.born,
        "restores": outcome.restores or None,
        "refined": outcome.refined,
        "commune": outcome.like.commune_id,
        "sheet": outcome.like.sheet,
        "land_use": outcome.like.land_use_id,
        "points": [list(ring) for ring in outcome.rings],
        "rings": [[metres(points[point]) for point in ring] for ring in outcome.rings],
        "area_m2": round(outcome.area_m2, 4),
        "legal_area_m2": str(outcome.legal_area_m2),
    }


def _survey_json(plan: Plan) -> dict[str, Any]:
    survey = plan.survey
    assert survey is not None
    return {
        "freedom": survey.freedom,
        "variance": round(survey.variance, 4) if survey.variance is not None else None,
        "points": {str(point): [round(e, 4), round(n, 4)] for point, (e, n) in survey.points.items()},
        "ellipses": {
            str(point): {"major": round(one.major, 4), "minor": round(one.minor, 4), "bearing": round(one.bearing, 1)}
            for point, one in survey.ellipses.items()
        },
        "residuals": [
            {"metres": round(one.metres, 4), "standardised": round(one.standardised, 2)} for one in survey.residuals
        ],
    }
