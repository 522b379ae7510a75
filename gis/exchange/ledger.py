"""The ledger of an import: what became of every row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from gis.exchange.files import TextFile
from gis.exchange.models import ImportRun, RefusedRow

Fate = Literal["stored", "merged", "unchanged"]


@dataclass(frozen=True)
class Refusal:
    """Why a row was left out. *field* names its column."""

    row: int
    reason: str
    field: str = ""

    def __str__(self) -> str:
        place = _("row %d") % self.row + (f", {self.field}" if self.field else "")
        return f"{place}: {self.reason}"


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
        yield _("%(read)d rows read = %(stored)d stored + %(merged)d merged + %(unchanged)d unchanged + %(refused)d refused") % {
            "read": self.read,
            "stored": self.counts["stored"],
            "merged": self.counts["merged"],
            "unchanged": self.counts["unchanged"],
            "refused": len(self.refusals),
        }
        yield from map(str, self.refusals)

    def save(self, command: str, source: TextFile) -> ImportRun:
        """Keep the account in the database, with every refused row."""
        run = ImportRun.objects.create(
            command=command,
            file_name=source.name,
            digest=source.digest,
            read=self.read,
            stored=self.counts["stored"],
            merged=self.counts["merged"],
            unchanged=self.counts["unchanged"],
            refused=len(self.refusals),
        )
        RefusedRow.objects.bulk_create(
            RefusedRow(run=run, row=refusal.row, field=refusal.field, reason=refusal.reason) for refusal in self.refusals
        )
        return run
