"""Operations that change who holds what and leave the fabric as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, Protocol, Self

import shapely
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gis.problems import Invalid
from land.models import Restriction, Right
from land.operations import reading
from land.operations.kinds import Plan, operation
from land.operations.preview import REFUSES, Finding, Preview
from land.operations.reading import Body
from land.rights.carrying import Writing, geometry_of
from land.rights.decisions import Holders, read_holders
from land.rights.encumbrances import LEAST_M2, encumbrances_of
from land.rights.judging import check_holders
from land.science.patch import Edit, Patch, Place, metres

MOST_CORNERS = 500


class Entry(Protocol):
    """An operation of this room, as the preview's plan carries it."""

    moves_rights: ClassVar[bool]
    """Whether the restrictions on the parcel have to be decided first."""

    def judge(self, seen: Preview) -> Iterator[Finding]: ...

    def carry(self, writing: Writing, seen: Preview) -> None: ...


@dataclass(frozen=True)
class _OnOneParcel:
    parcel: str

    @property
    def parcels(self) -> list[str]:
        return [self.parcel]

    @property
    def points(self) -> list[int]:
        return []

    def plan(self, patch: Patch) -> Plan:
        return Plan(Edit(), record=self)


@operation
@dataclass(frozen=True)
class Transfer(_OnOneParcel):
    """A right to other holders (chuyển quyền): all of it, as the shares say."""

    kind: ClassVar[str] = "transfer"
    moves_rights: ClassVar[bool] = True
    right: int
    to: Holders

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier), body.take("right", reading.point_id), body.take("to", read_holders)
        )

    def judge(self, seen: Preview) -> Iterator[Finding]:
        yield from check_holders(self.to)
        found = [one for one in encumbrances_of(seen).all if one.key == f"right:{self.right}"]
        if not found:
            yield _refusal("no_such_right", _("There is no such right to this parcel."), str(self.right), self.parcel)
        elif found[0].holders == self.to:
            yield _refusal("nothing_changes", _("Nothing would change."), str(self.right), self.parcel)
        elif found[0].decision is not None:
            yield _refusal(
                "decided_and_transferred",
                _("A right that is transferred is not decided on."),
                found[0].key,
                self.parcel,
            )

    def carry(self, writing: Writing, seen: Preview) -> None:
        row = Right.objects.get(pk=self.right)
        writing.close(row)
        new = writing.follow(row, self.to, certificate="", document_id=writing.change.document_id)
        writing.tell(f"right:{new.pk}", self.parcel, {"follows": [None, f"right:{row.pk}"]})


@operation
@dataclass(frozen=True)
class GrantRight(_OnOneParcel):
    """A right where the parcel has none of its kind: allotted, recognised or leased."""

    kind: ClassVar[str] = "grant_right"
    moves_rights: ClassVar[bool] = False
    right: str
    to: Holders
    rent: str
    certificate: str
    expires_on: date | None

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("right", _one_of(Right.Kind.values)),
            body.take("to", read_holders),
            body.take_if_there("rent", _one_of(Right.Rent.values), Right.Rent.NONE.value),
            body.take_if_there("certificate", reading.text(40), ""),
            body.take_if_there("expires_on", _day, None),
        )

    def judge(self, seen: Preview) -> Iterator[Finding]:
        yield from check_holders(self.to)
        if any(one.is_right and one.row.kind == self.right for one in encumbrances_of(seen).all):
            yield _refusal("right_there_already", _("The parcel has a right of this kind."), self.right, self.parcel)

    def carry(self, writing: Writing, seen: Preview) -> None:
        row = Right(
            parcel=self.parcel,
            kind=self.right,
            rent=self.rent,
            certificate=self.certificate,
            expires_on=self.expires_on,
            document_id=writing.change.document_id,
            valid_from=writing.day,
        )
        writing.enter(row, self.to)
        writing.tell(f"right:{row.pk}", self.parcel, {"kind": [None, row.kind]})


@operation
@dataclass(frozen=True)
class Restrict(_OnOneParcel):
    """A restriction on a parcel, or on the part of it that a ring encloses."""

    kind: ClassVar[str] = "restrict"
    moves_rights: ClassVar[bool] = False
    restriction: str
    holder: int | None
    part: list[Place] | None
    expires_on: date | None

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("restriction", _one_of(Restriction.Kind.values)),
            body.take_if_there("holder", reading.point_id, None),
            body.take_if_there("part", reading.several(reading.place, 3, MOST_CORNERS), None),
            body.take_if_there("expires_on", _day, None),
        )

    def judge(self, seen: Preview) -> Iterator[Finding]:
        if self.holder is not None:
            yield from check_holders({self.holder: Fraction(1)})
        if self.part is not None:
            ring = shapely.Polygon([metres(place) for place in self.part])
            whole = seen.around.patch.polygon(self.parcel)
            if not ring.is_valid:
                yield _refusal("part_not_simple", _("The ring of the part crosses itself."), "", self.parcel)
            elif ring.difference(whole).area > LEAST_M2 or ring.area <= LEAST_M2:
                yield _refusal("part_outside", _("The part does not lie in the parcel."), "", self.parcel)

    def carry(self, writing: Writing, seen: Preview) -> None:
        ring = shapely.Polygon([metres(place) for place in self.part]) if self.part else None
        row = Restriction(
            parcel=self.parcel,
            kind=self.restriction,
            holder_id=self.holder,
            geom=geometry_of(ring),
            expires_on=self.expires_on,
            document_id=writing.change.document_id,
            valid_from=writing.day,
        )
        writing.enter(row, {})
        writing.tell(f"restriction:{row.pk}", self.parcel, {"kind": [None, row.kind]})


@operation
@dataclass(frozen=True)
class Release(_OnOneParcel):
    """The end of a restriction (xóa đăng ký): the document of the change releases it."""

    kind: ClassVar[str] = "release"
    moves_rights: ClassVar[bool] = False
    restriction: int

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(body.take("parcel", reading.identifier), body.take("restriction", reading.point_id))

    def judge(self, seen: Preview) -> Iterator[Finding]:
        found = [one for one in encumbrances_of(seen).all if one.key == f"restriction:{self.restriction}"]
        if not found:
            words = _("There is no such restriction on this parcel.")
            yield _refusal("no_such_restriction", words, str(self.restriction), self.parcel)
        elif found[0].decision is not None:
            words = _("What is released is not decided on beside.")
            yield _refusal("decided_and_released", words, found[0].key, self.parcel)

    def carry(self, writing: Writing, seen: Preview) -> None:
        row = Restriction.objects.get(pk=self.restriction)
        writing.close(row, writing.change.document)
        writing.tell(f"restriction:{row.pk}", self.parcel, {"decision": ["", "released"]})


def _refusal(rule: str, words: str, measured: str, parcel: str) -> Finding:
    return Finding(rule, REFUSES, words, measured=measured, parcels=(parcel,))


def _one_of(values: list[Any]) -> Any:
    def read(value: Any, field: str) -> str:
        if value not in values:
            raise Invalid(_("This is none of the kinds."), field=field, expected=", ".join(values))
        return str(value)

    return read


def _day(value: Any, field: str) -> date:
    """A day, past or to come, as YYYY-MM-DD."""
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("This is no day."), field=field, expected="YYYY-MM-DD")
    return day
