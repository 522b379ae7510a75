"""The ledger of an import: what became of every row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from django.utils.translation import gettext as _

from gis.exchange.models import ImportRun, RefusedRow

Fate = Literal["stored", "merged", "unchanged", "held"]
"""Stored; merged into what another row stored; standing already; right, but held back for others' faults."""


class Source(Protocol):
    """The file that rows come from."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str:
        """SHA-256."""


TOLD_REFUSALS = 20
"""Refused rows that an account lists; the database keeps them all."""


@dataclass(frozen=True)
class Refusal:
    """Why a row was left out. *field* names its column."""

    row: int
    reason: str
    field: str = ""

    def __str__(self) -> str:
        place = _("row %d") % self.row + (f", {self.field}" if self.field else "")
        return f"{place}: {self.reason}"


class RowsRefused(Exception):
    """Some rows cannot be stored, and none were; the ledger says which and why."""

    def __init__(self, ledger: "Ledger") -> None:
        self.ledger = ledger
        super().__init__(len(ledger.refusals))


@dataclass
class Ledger:
    """Counts rows as they are dealt with; every row read gets exactly one fate."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    def count(self, fate: Fate, rows: int = 1) -> None:
        self.counts[fate] += rows

    def refuse(self, row: int, reason: str, field: str = "") -> None:
        self.refusals.append(Refusal(row, reason, field))

    @property
    def read(self) -> int:
        return sum(self.counts.values()) + len(self.refusals)

    def account(self) -> Iterator[str]:
        """The account as lines for people."""
        figures = {fate: self.counts[fate] for fate in ("stored", "merged", "unchanged", "held")}
        figures |= {"read": self.read, "refused": len(self.refusals)}
        sums = _(
            "%(read)d rows read = %(stored)d stored + %(merged)d merged + %(unchanged)d unchanged + %(refused)d refused"
        )
        held = _(" + %(held)d held back") if figures["held"] else ""
        yield (sums + held) % figures
        in_order = sorted(self.refusals, key=lambda refusal: refusal.row)
        yield from map(str, in_order[:TOLD_REFUSALS])
        if len(in_order) > TOLD_REFUSALS:
            yield _("… and %d more refused rows.") % (len(in_order) - TOLD_REFUSALS)

    def hold(self) -> None:
        """What would have been stored was not: others' faults hold it back."""
        self.counts["held"] += self.counts.pop("stored", 0) + self.counts.pop("merged", 0)

    def save(self, command: str, source: Source, using: str = "default") -> ImportRun:
        """Keep the account in the database, with every refused row."""
        run = ImportRun.objects.using(using).create(
            command=command,
            file_name=source.name[:200],
            digest=source.digest,
            read=self.read,
            stored=self.counts["stored"],
            merged=self.counts["merged"],
            unchanged=self.counts["unchanged"],
            held=self.counts["held"],
            refused=len(self.refusals),
        )
        RefusedRow.objects.using(using).bulk_create(
            RefusedRow(run=run, row=refusal.row, field=refusal.field, reason=refusal.reason)
            for refusal in self.refusals
        )
        return run
