"""Which commune of today a name means, also one of before July 2025, typed with or without diacritics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from gis.database.folding import fold

KINDS = ("phuong", "xa", "dac khu", "thi tran", "p", "x", "tt")
"""Folded words that may stand before a commune's name; its name stands without them."""
PART = "part"

NAMES = """
    SELECT code, NULL, name, NULL, NULL, NULL, aliases FROM places_commune
    UNION ALL
    SELECT succession.commune_id, former.code, former.name, former.kind, former.district_name, succession.relation, NULL
    FROM places_formercommune AS former
    JOIN places_communesuccession AS succession ON succession.former_id = former.code
"""

_folded = lru_cache(maxsize=4096)(fold)


class Called(NamedTuple):
    """A commune and how near its name comes: 0 the same, 1 begins so, 2 a word of it does, 3 holds it.

    *former* (with its kind, district and relation) is the commune of then whose name or code it was; None where
    it is the name of today, or an alias of its code.
    """

    code: str
    former: str | None
    kind: str | None
    district: str | None
    relation: str | None
    rank: int


class _Named(NamedTuple):
    """A name by which a commune of today (*code*) is known; *old_code* is that of the former commune *name*."""

    code: str
    old_code: str | None
    name: str
    kind: str | None
    district: str | None
    relation: str | None
    aliases: list[str] | None

    def called(self, rank: int) -> Called:
        former = None if self.old_code is None else self.name
        return Called(self.code, former, self.kind, self.district, self.relation, rank)


@dataclass(frozen=True)
class CommuneNames:
    """All names and codes of the communes, read at once: some two hundred, which a search looks through often."""

    rows: tuple[_Named, ...]
    _meant: dict[tuple[str, bool], list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "CommuneNames":
        with connection.cursor() as cursor:
            cursor.execute(NAMES)
            return cls(tuple(_Named(*row) for row in cursor.fetchall()))

    @property
    def codes(self) -> list[str]:
        """The codes of all communes: for conditions on indexes that begin with the commune."""
        return sorted({row.code for row in self.rows if row.old_code is None})

    def old(self, folded: str, limit: int) -> list[Called]:
        """Communes of today by the names of the communes that went into them; *folded*: see `gis.database.folding`."""
        text = without_kind(folded)
        found = (row for row in self.rows if row.old_code and text in _folded(row.name))
        return _best((row.called(_rank(row, text)) for row in found), limit)

    def coded(self, digits: str, limit: int) -> list[Called]:
        """Communes of today by the code of a former one, or by another code of their own."""
        found = (row.called(0) for row in self.rows if digits == row.old_code or digits in (row.aliases or ()))
        return _best(found, limit)

    def meant(self, folded: str, *, whole: bool = False) -> list[str]:
        """Codes of the communes that are or were called so, or whose names begin so if not the *whole* is wanted."""
        if (folded, whole) not in self._meant:
            self._meant[folded, whole] = self._named(without_kind(folded), whole)
        return self._meant[folded, whole]

    def _named(self, text: str, whole: bool) -> list[str]:
        begun = [row for row in self.rows if _folded(row.name).startswith(text)]
        called = [row.called(_rank(row, text)) for row in begun if not whole or _folded(row.name) == text]
        nearest = min((one.rank for one in called), default=0)
        return sorted({one.code for one in called if one.rank == nearest})


def _rank(row: _Named, text: str) -> int:
    name = _folded(row.name)
    if name == text:
        return 0
    if name.startswith(text):
        return 1
    return 2 if f" {text}" in name else 3


def _best(called: Iterable[Called], limit: int) -> list[Called]:
    """Each commune once, by the nearest of its names; best first."""
    best: dict[str, Called] = {}
    for one in sorted(called, key=lambda one: (one.rank, one.relation == PART, one.code, one.former or "")):
        best.setdefault(one.code, one)
    return list(best.values())[:limit]


def without_kind(folded: str) -> str:
    """*folded* without the word for ward or commune before the name."""
    for kind in KINDS:
        for lead in (f"{kind} ", f"{kind}."):
            rest = folded.removeprefix(lead).strip()
            if rest and rest != folded:
                return rest
    return folded


def endings(words: list[str]) -> Iterator[tuple[list[str], str]]:
    """*words* divided into those before and a phrase at the end, the longest phrase first."""
    for place in range(len(words)):
        yield words[:place], " ".join(words[place:])
