"""Asks the database for what was typed, and puts what it finds in order.

Texts are compared folded (without diacritics); what also agrees with them comes first. Rows come from `Layer.rows`, so
that nobody finds what he may not see, and places are those that he sees. All layers are asked in one statement, each
for as many rows as are wanted at most; identifiers, of which there may be millions, by an index.
"""

from dataclasses import dataclass
from string import Formatter
from textwrap import shorten
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from gis.access.viewer import Viewer
from gis.database.folding import fold
from gis.layers import registry
from gis.layers.base import Field, Layer
from gis.layers.search.asked import Asked
from gis.layers.search.ways import Way, ways
from gis.places.names import CommuneNames
from gis.problems import Unavailable

SHORTEST = 2
MOST_RESULTS = 50
TIMEOUT = "2s"
"""A search that takes longer is given up."""
LONGEST_VALUE = 120
"""Characters of a value in a title; what somebody reported may be a page long."""


@dataclass(frozen=True)
class Found:
    """A row that was found. *place* is a point on it, *box* its west, south, east and north; degrees of WGS 84."""

    layer: Layer
    key: str | int
    title: str
    subtitle: str
    place: tuple[float, float] | None
    box: tuple[float, float, float, float] | None
    rank: int


def search(viewer: Viewer, text: str, limit: int = 10) -> list[Found]:
    """What *text* finds among the layers that exist for *viewer*, best first; nothing for less than two letters."""
    asked = Asked.read(text)
    if len(asked.folded) < SHORTEST:
        return []
    limit = min(limit, MOST_RESULTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
        places = CommuneNames.read()
        layers = registry.all_layers(viewer)
        found = [way for layer in layers for way in ways(layer, layer.areas_of(viewer), asked, places, limit)]
        if not found:
            return []
        rows = _rows(cursor, *_statement(found, limit))
    return _best(found, rows, limit)


def _statement(found: list[Way], limit: int) -> tuple[str, list[Any]]:
    """All ways as one statement, whose first column is the number of the way."""
    sql = " UNION ALL ".join(
        f"(SELECT {number:d}, found.* FROM ({way.part.sql}) AS found)" for number, way in enumerate(found)
    )
    return sql, [param for way in found for param in (*way.part.filled(way.values), limit)]


def _rows(cursor: CursorWrapper, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    try:
        cursor.execute(sql, params)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise Unavailable(_("The search took too long. Write more of the name, or the whole number.")) from error
        raise
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _best(found: list[Way], rows: list[tuple[Any, ...]], limit: int) -> list[Found]:
    """The best of *rows*, each row of a layer once."""
    best: dict[tuple[str, str], Found] = {}
    for row in rows:
        one = _found(found[row[0]], row)
        known = best.get((one.layer.name, str(one.key)))
        if known is None or one.rank < known.rank:
            best[one.layer.name, str(one.key)] = one
    ordered = sorted(best.values(), key=lambda one: (one.rank, one.layer.position, fold(one.title), str(one.key)))
    return ordered[:limit]


def _found(way: Way, row: tuple[Any, ...]) -> Found:
    _number, key, rank, lon, lat, west, south, east, north, values = row
    declared = way.layer.search
    assert declared is not None
    words = {field.name: _word(field, values.get(field.name)) for field in way.layer.fields}
    parts = [_filled(str(pattern), words) for pattern in declared.subtitle]
    other = way.others.get(key)
    if other:
        rank, parts = other.rank, [*parts, str(other.note)]
    return Found(
        layer=way.layer,
        key=key,
        title=" ".join(_filled(str(declared.title), words, whole=False).split()) or str(key),
        subtitle=" · ".join(part for part in parts if part),
        place=None if lon is None else (lon, lat),
        box=None if west is None else (west, south, east, north),
        rank=rank,
    )


def _word(field: Field, value: Any) -> str:
    """*value* in words; empty where nothing is known."""
    if value is None or value is False:
        return ""
    text = str(field.values.get(value, value if value is not True else field.title))
    return text if len(text) <= LONGEST_VALUE else shorten(text, LONGEST_VALUE, placeholder="…")


def _filled(pattern: str, words: dict[str, str], whole: bool = True) -> str:
    """*pattern* with its fields; nothing if one of them is empty and the *whole* is wanted."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    if whole and not all(words.get(name) for name in names):
        return ""
    return pattern.format_map({name: words.get(name, "") for name in names})
