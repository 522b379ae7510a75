"""Writes rights and restrictions with the parcels they belong to: closed, kept as history, followed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.postgres.functions import TransactionNow
from django.utils.translation import gettext as _

from gis.actions.base import Change
from gis.geometry.crs import LEGAL_SRID
from gis.problems import Invalid
from land.actions.carry_out import followers
from land.documents import document_from
from land.models import Parcel, ParcelChange, Restriction, Right, Share, SourceDocument
from land.operations.preview import Preview
from land.rights.decisions import CARRIED, Holders, shares_of
from land.rights.encumbrances import Encumbrance, encumbrances_of

Row = Right | Restriction
COMMON = ("parcel", "document_id", "kind", "expires_on", "valid_from")
OF_RIGHTS = (*COMMON, "rent", "certificate")
OF_RESTRICTIONS = (*COMMON, "holder_id", "geom")


@dataclass
class Writing:
    """Rights and restrictions under one change."""

    step: Change
    change: ParcelChange
    communes: Mapping[str, str]
    """Parcel → commune, for the history."""

    @property
    def day(self) -> date:
        return self.change.effective_on

    def close(self, row: Row, document: SourceDocument | None = None) -> None:
        """*row* stops being what the register says; that it held until the day of effect stays known."""
        if row.valid_from > self.day:
            raise Invalid(
                _("A right or restriction has been as it is since a later day."),
                field="effective_on",
                expected=f"≥ {row.valid_from}",
            )
        closed = {"recorded_to": TransactionNow(), "ended_by": self.change, "ended_with": document}
        type(row).objects.filter(pk=row.pk).update(**closed)
        if row.valid_from < self.day:
            self.add(row, valid_to=self.day)

    def follow(self, row: Row, holders: Holders | None = None, **values: Any) -> Row:
        """A row in force from the day of effect, which continues *row* with other *values*."""
        return self.add(row, holders, **{"valid_from": self.day, **values})

    def add(self, row: Row, holders: Holders | None = None, **values: Any) -> Row:
        names = OF_RIGHTS if isinstance(row, Right) else OF_RESTRICTIONS
        kept = {name: getattr(row, name) for name in names}
        return self.enter(type(row)(**{**kept, **values, "follows": row}), holders or holders_of(row))

    def enter(self, row: Row, holders: Holders) -> Row:
        row.change = self.change
        row.save(force_insert=True)
        if isinstance(row, Right):
            store_shares(row, holders)
        return row

    def tell(self, key: str, parcel: str, told: dict[str, list[Any]]) -> None:
        """Into the history: keys and decisions, never who somebody is."""
        self.step.record(
            key,
            {"parcel": [parcel, parcel], **told},
            commune=self.communes.get(parcel, ""),
            reason=str(self.change.document),
        )


def holders_of(row: Row) -> Holders:
    if not isinstance(row, Right):
        return {}
    return {share.party_id: Fraction(share.numerator, share.denominator) for share in row.shares.all()}


def store_shares(right: Right, holders: Holders) -> None:
    Share.objects.bulk_create(
        Share(right=right, party_id=party, numerator=share.numerator, denominator=share.denominator)
        for party, share in holders.items()
    )


def follow(step: Change, seen: Preview, change: ParcelChange, rows: Mapping[str, Parcel]) -> None:
    """Rights and restrictions after the parcels of *seen*, in the transaction that writes these."""
    assert seen.plan is not None
    communes = {key: row.commune_id for key, row in seen.around.rows.items()}
    communes |= {row.identifier: row.commune_id for row in rows.values()}
    writing = Writing(step, change, communes)
    found = encumbrances_of(seen).all
    if seen.plan.undoes is not None:
        _bring_back(writing, seen.plan.undoes)
        return
    carried = []
    for one in found:
        document = _releasing_document(one)
        if one.ended or document is not None:
            writing.close(one.row, document)
            verdict = one.decision.verdict if one.decision else CARRIED
            writing.tell(one.key, one.row.parcel, {"decision": ["", verdict]})
        if one.ended and document is None:
            carried.append(one)
    like = {one.like.identifier for one in seen.outcomes if one.born}
    carried.sort(key=lambda one: one.row.parcel not in like)  # terms as of the parcel that gives the new one its own
    _carry(writing, carried, rows, shares_of(seen.operation), merged=len(seen.plan.edit.ended) > 1)
    if seen.plan.record is not None:
        seen.plan.record.carry(writing, seen)


def _releasing_document(one: Encumbrance) -> SourceDocument | None:
    if one.decision is None or one.decision.document is None:
        return None
    return document_from(one.decision.document)


def _carry(
    writing: Writing, carried: Iterable[Encumbrance], rows: Mapping[str, Parcel], given: Holders | None, *, merged: bool
) -> None:
    """To each child what meets it; of a right that all parents of a merger have the child gets one."""
    written: set[tuple[str, str]] = set()
    for one in carried:
        for label, part in one.children.items():
            parcel = rows[label].identifier
            if isinstance(one.row, Right):
                if merged and (one.row.kind, parcel) in written:
                    continue
                written.add((one.row.kind, parcel))
                new = writing.follow(one.row, given if merged else None, parcel=parcel, certificate="")
            else:
                new = writing.follow(one.row, parcel=parcel, geom=geometry_of(part))
            kind = "right" if isinstance(new, Right) else "restriction"
            writing.tell(f"{kind}:{new.pk}", parcel, {"follows": [None, one.key]})


def _bring_back(writing: Writing, undone: ParcelChange) -> None:
    """What *undone* wrote ends, what it closed is in force again."""
    for model in (Right, Restriction):
        name = model.__name__.lower()
        for row in model.objects.filter(model.IN_FORCE, change=undone):
            writing.close(row)
            writing.tell(f"{name}:{row.pk}", row.parcel, {"decision": ["", "undone"]})
        for row in model.objects.filter(ended_by=undone):
            new = writing.follow(row)
            writing.tell(f"{name}:{new.pk}", row.parcel, {"follows": [None, f"{name}:{row.pk}"]})


def geometry_of(shape: shapely.Geometry | None) -> GEOSGeometry | None:
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=LEGAL_SRID) if shape is not None else None


followers.append(follow)
