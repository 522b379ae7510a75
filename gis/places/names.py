"""Which commune of today a name means, also one of before July 2025, typed with or without diacritics."""

from typing import NamedTuple

from django.db import connection

KINDS = ("phuong", "xa", "dac khu", "thi tran", "p", "x", "tt")
"""Folded words that may stand before a commune's name; its name stands without them."""

OWN_NAMES = """
    SELECT code, halong_fold(name) AS folded, NULL AS former, NULL AS kind, NULL AS district, NULL AS relation
    FROM places_commune
"""
OLD_NAMES = """
    SELECT succession.commune_id, halong_fold(former.name), former.name, former.kind, former.district_name,
           succession.relation
    FROM places_formercommune AS former
    JOIN places_communesuccession AS succession ON succession.former_id = former.code
"""
OLD_CODES = """
    SELECT succession.commune_id, former.code, former.name, former.kind, former.district_name, succession.relation
    FROM places_formercommune AS former
    JOIN places_communesuccession AS succession ON succession.former_id = former.code
    UNION ALL
    SELECT code, unnest(aliases), NULL, NULL, NULL, NULL FROM places_commune
"""
BEST_FIRST = """
    SELECT * FROM (
        SELECT DISTINCT ON (code) code, former, kind, district, relation,
               CASE WHEN folded = %(text)s THEN 0 WHEN starts_with(folded, %(text)s) THEN 1
                    WHEN strpos(' ' || folded, ' ' || %(text)s) > 0 THEN 2 ELSE 3 END AS rank
        FROM ({names}) AS named (code, folded, former, kind, district, relation)
        WHERE {matches}
        ORDER BY code, rank, relation = 'part', former
    ) AS best
    ORDER BY rank, relation = 'part', code LIMIT %(limit)s
"""


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


def old_names(folded: str, limit: int) -> list[Called]:
    """Communes of today by the names of the communes that went into them; *folded*: see `gis.database.folding`."""
    return _called(OLD_NAMES, "strpos(folded, %(text)s) > 0", without_kind(folded), limit)


def old_codes(digits: str, limit: int) -> list[Called]:
    """Communes of today by the code of a former one, or by another code of their own."""
    return _called(OLD_CODES, "folded = %(text)s", digits, limit)


def communes_called(folded: str) -> list[str]:
    """Codes of the communes that are or were called so, or whose names begin so."""
    called = _called(f"{OWN_NAMES} UNION ALL {OLD_NAMES}", "strpos(folded, %(text)s) = 1", without_kind(folded), 54)
    nearest = min((one.rank for one in called), default=0)
    return [one.code for one in called if one.rank == nearest]


def every_code() -> list[str]:
    """The codes of all communes: for conditions on indexes that begin with the commune."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM places_commune")
        return [code for (code,) in cursor.fetchall()]


def without_kind(folded: str) -> str:
    """*folded* without the word for ward or commune before the name."""
    for kind in KINDS:
        for lead in (f"{kind} ", f"{kind}."):
            rest = folded.removeprefix(lead).strip()
            if rest and rest != folded:
                return rest
    return folded


def _called(names: str, matches: str, text: str, limit: int) -> list[Called]:
    with connection.cursor() as cursor:
        cursor.execute(BEST_FIRST.format(names=names, matches=matches), {"text": text, "limit": limit})
        return [Called(*row) for row in cursor.fetchall()]
