"""The ledger of an import: what became of every row."""

import json
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Literal, Protocol

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
SPOOLED_BYTES = 2**20
"""Of refusals in memory; more wait in a file."""
KEPT_AT_A_TIME = 2000
"""Refusals that go to the database in one statement."""


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
    """Some rows cannot be stored; the ledger says which and why, and whether the others were."""

    def __init__(self, ledger: "Ledger") -> None:
        self.ledger = ledger
        super().__init__(ledger.refused)


class Refusals:
    """Refusals in the order they came, however many: beyond the first mebibyte they wait on disk."""

    def __init__(self) -> None:
        self._spool: Any = SpooledTemporaryFile(SPOOLED_BYTES, "w+", encoding="utf-8")  # noqa: SIM115  (see below)
        weakref.finalize(self, self._spool.close)
        self._first: list[tuple[int, int, Refusal]] = []
        """A heap of the lowest rows: (negative row, negative place, refusal)."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Refusal]:
        self._spool.seek(0)
        for line in self._spool:
            yield Refusal(*json.loads(line))

    def append(self, refusal: Refusal) -> None:
        self._count += 1
        self._spool.seek(0, 2)
        self._spool.write(json.dumps([refusal.row, refusal.reason, refusal.field], ensure_ascii=False) + "\n")
        entry = (-refusal.row, -self._count, refusal)
        if len(self._first) < TOLD_REFUSALS:
            heappush(self._first, entry)
        else:
            heappushpop(self._first, entry)

    def first(self) -> list[Refusal]:
        """Those of the lowest rows, in the order of the file."""
        return [refusal for _row, _place, refusal in sorted(self._first, reverse=True)]


@dataclass
class Ledger:
    """Counts rows as they are dealt with; every row read gets exactly one fate. Memory does not grow with them."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Refusals = field(default_factory=Refusals)
    skipped: Counter[str] = field(default_factory=Counter)
    """Reason → rows that are as they should be and hold nothing for us."""
    run: ImportRun | None = None
    """Where the account is kept, once it is."""

    def count(self, fate: Fate, rows: int = 1) -> None:
        self.counts[fate] += rows

    def refuse(self, row: int, reason: str, field: str = "") -> None:
        self.refusals.append(Refusal(row, reason, field))

    def skip(self, reason: str, rows: int = 1) -> None:
        """A row of the format that holds nothing that is kept here, and no fault either."""
        self.skipped[reason] += rows

    @property
    def refused(self) -> int:
        return len(self.refusals)

    @property
    def read(self) -> int:
        return sum(self.counts.values()) + self.refused + sum(self.skipped.values())

    def account(self) -> Iterator[str]:
        """The account as lines for people."""
        figures = {fate: self.counts[fate] for fate in ("stored", "merged", "unchanged", "held")}
        figures |= {"read": self.read, "refused": self.refused, "skipped": sum(self.skipped.values())}
        sums = _(
            "%(read)d rows read = %(stored)d stored + %(merged)d merged + %(unchanged)d unchanged + %(refused)d refused"
        )
        held = _(" + %(held)d held back") if figures["held"] else ""
        skipped = _(" + %(skipped)d skipped") if figures["skipped"] else ""
        yield (sums + held + skipped) % figures
        for reason, rows in self.skipped.most_common():
            yield _("%(rows)d rows skipped: %(reason)s") % {"rows": rows, "reason": reason}
        yield from map(str, self.refusals.first())
        if self.refused > TOLD_REFUSALS:
            yield _("… and %d more refused rows.") % (self.refused - TOLD_REFUSALS)
            if self.run is not None:
                yield _("All of them: manage.py refused_rows %d") % self.run.pk

    def hold(self) -> None:
        """What would have been stored was not: others' faults hold it back."""
        self.counts["held"] += self.counts.pop("stored", 0) + self.counts.pop("merged", 0)

    def save(self, command: str, source: Source, using: str = "default") -> ImportRun:
        """Keep the account in the database, with every refused row."""
        self.run = ImportRun.objects.using(using).create(
            command=command,
            file_name=source.name[:200],
            digest=source.digest,
            read=self.read,
            stored=self.counts["stored"],
            merged=self.counts["merged"],
            unchanged=self.counts["unchanged"],
            held=self.counts["held"],
            refused=self.refused,
            skipped=sum(self.skipped.values()),
            skipped_for=dict(self.skipped),
        )
        rows = (
            RefusedRow(run=self.run, row=refusal.row, field=refusal.field, reason=refusal.reason)
            for refusal in self.refusals
        )
        while part := list(islice(rows, KEPT_AT_A_TIME)):
            RefusedRow.objects.using(using).bulk_create(part)
        return self.run
