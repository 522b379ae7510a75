"""Search over all layers that declare what of them is found by typing (`Layer.search`).

What was typed is compared folded (without diacritics); what also agrees with them comes first. Rows come from
`Layer.rows`, so that nobody finds what he may not see, and places are those that he sees. All layers are asked in
one statement, each for as many rows as are wanted at most; identifiers, of which there may be millions, by an index.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any, NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Collate, Least, Lower, Upper
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from gis.access.viewer import Areas, Viewer
from gis.database.folding import Fold, fold
from gis.geometry.crs import WGS84_SRID
from gis.layers import registry
from gis.layers.base import Field, InAreas, Layer, OtherName, PlainGeometry, Search
from gis.places.names import communes_called, every_code
from gis.problems import Unavailable

LONGEST_TEXT = 200
"""Characters; a longer text is no name of anything."""
MOST_WORDS = 8
SHORTEST = 2
FEWEST_DIGITS = 3
MOST_RESULTS = 50
TIMEOUT = "2s"
"""A search that takes longer is given up."""
HIGHEST_NUMBER = 2**31 - 1

EXACT, BEGINS, WORD, INSIDE = 0, 2, 4, 6
"""Ranks of what agrees with its diacritics; one more where only the letters do."""
APART = 8
"""Rank of a row that has all words, but not together."""


class Asked(NamedTuple):
    """What was typed: composed and in lower case, and folded."""

    text: str
    folded: str


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


class Leg(NamedTuple):
    """A part of the statement: rows of one layer, found in one way, with their rank."""

    layer: Layer
    areas: Areas
    rows: QuerySet[Any]
    rank: Combinable
    order: Combinable | str = "rank"
    others: dict[str, OtherName] = {}


def search(viewer: Viewer, text: str, limit: int = 10) -> list[Found]:
    """What *text* finds among the layers that exist for *viewer*, best first; nothing for less than two letters."""
    asked = _asked(text)
    if len(asked.folded) < SHORTEST:
        return []
    limit = min(limit, MOST_RESULTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
        legs = [leg for layer in registry.all_layers(viewer) for leg in _legs(layer, viewer, asked, limit)]
        if not legs:
            return []
        rows = _rows(cursor, *_statement(legs, limit))
    return _best(legs, rows, limit)


def _rows(cursor: CursorWrapper, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    try:
        cursor.execute(sql, params)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise Unavailable(_("The search took too long. Write more of the name, or the whole number.")) from error
        raise
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _asked(text: str) -> Asked:
    """*text* composed, without control characters and superfluous spaces."""
    readable = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[:LONGEST_TEXT])
    plain = " ".join(unicodedata.normalize("NFC", readable).lower().split())
    return Asked(plain, fold(plain))


def _legs(layer: Layer, viewer: Viewer, asked: Asked, limit: int) -> Iterator[Leg]:
    """The ways in which *asked* may mean rows of *layer*."""
    declared = layer.search
    if declared is None:
        return
    areas = layer.areas_of(viewer)
    fields = {field.name: field for field in layer.fields_for(areas)}
    yield from _by_name(layer, declared, areas, fields, asked)
    yield from _by_code(layer, declared, areas, fields, asked)
    for pattern in declared.patterns:
        match = re.fullmatch(pattern, asked.folded)
        if match:
            yield from _by_pattern(layer, areas, fields, match)
    others = {str(other.key): other for other in layer.other_names(asked.folded, limit)}
    if others:
        found = layer.rows(areas).filter(**{f"{layer.key}__in": list(others)})
        yield Leg(layer, areas, found, Value(EXACT), layer.key, others)


def _by_name(layer: Layer, declared: Search, areas: Areas, fields: dict[str, Field], asked: Asked) -> Iterator[Leg]:
    names = [fields[name] for name in declared.names if name in fields]
    asked = _without_lead(declared, asked)
    words = asked.folded.split()
    if not names or len(words) > MOST_WORDS:
        return
    condition, ranks = Q(), []
    for field in names:
        folded = Fold(F(field.path))
        here = _visible(layer, areas, field)
        for word in words:
            here &= Q(Contains(folded, word))
        condition |= here
        ranks.append(_rank(field.path, here, asked))
    yield Leg(layer, areas, layer.rows(areas).filter(condition), ranks[0] if len(ranks) == 1 else Least(*ranks))


def _rank(path: str, here: Q, asked: Asked) -> Case:
    """How well the name agrees. Marked texts are compared in lower case, so that "hạ" is in "Hạ Long"."""
    marked, folded = Lower(F(path)), Fold(F(path))
    comparisons = (
        (Exact, "", EXACT),
        (StartsWith, "", BEGINS),
        (Contains, " ", WORD),
        (Contains, "", INSIDE),
    )
    steps = [When(~here, then=Value(APART + 1))]
    for lookup, before, rank in comparisons:
        steps.append(When(lookup(marked, before + asked.text), then=Value(rank)))
        steps.append(When(lookup(folded, before + asked.folded), then=Value(rank + 1)))
    return Case(*steps, default=Value(APART))


def _by_code(layer: Layer, declared: Search, areas: Areas, fields: dict[str, Field], asked: Asked) -> Iterator[Leg]:
    """By how an identifier begins, in the order of the index, in which the whole comes before its extensions."""
    digits = re.sub(r"[\s.-]", "", asked.text)
    wanted: list[tuple[str, Combinable | None, str]] = []
    if len(digits) >= FEWEST_DIGITS and digits.isascii() and digits.isdigit():
        wanted += [(name, None, digits) for name in declared.digits]
    if " " not in asked.text or any(sign.isdigit() for sign in asked.text):
        codes = [name for name in declared.codes if name in fields]
        wanted += [(name, Upper(F(fields[name].path)), asked.text.upper()) for name in codes]
    for name, column, beginning in wanted:
        if name not in fields:
            continue
        code = Collate(column or F(fields[name].path), "C")
        rows = layer.rows(areas).filter(_visible(layer, areas, fields[name]), StartsWith(code, beginning))
        rank = Case(When(Exact(code, beginning), then=Value(EXACT)), default=Value(BEGINS))
        yield Leg(layer, areas, rows, rank, code)


def _by_pattern(layer: Layer, areas: Areas, fields: dict[str, Field], match: re.Match[str]) -> Iterator[Leg]:
    """Rows whose fields equal the groups. All communes are named where none is: the index begins with them."""
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    within = groups.pop("within", None)
    condition = Q()
    if _in_communes(layer):
        condition = Q(**{f"{layer.area}__in": communes_called(within) if within else every_code()})
    elif within:
        return
    for name, value in groups.items():
        if name not in fields:
            return
        field = fields[name]
        if field.kind == "integer":
            number = int(value)
            if number > HIGHEST_NUMBER:
                return
            condition &= Q(**{field.path: number})
        else:
            condition &= Q(**{f"{field.path}__iexact": value})
        condition &= _visible(layer, areas, field)
    yield Leg(layer, areas, layer.rows(areas).filter(condition), Value(EXACT), layer.key)


def _in_communes(layer: Layer) -> bool:
    """Whether the layer's rows lie in communes."""
    names = {getattr(column, "attname", column.name) for column in layer.model._meta.get_fields()}
    return layer.area in names or "__" in layer.area


def _without_lead(declared: Search, asked: Asked) -> Asked:
    """*asked* without a word that stands before names of this layer."""
    for lead in declared.lead:
        match = re.match(rf"{lead}(?:\. ?| )(?=.)", asked.folded)
        if match:
            return Asked(asked.text[match.end() :], asked.folded[match.end() :])
    return asked


def _visible(layer: Layer, areas: Areas, field: Field) -> Q:
    return Q(InAreas(areas, layer.area)) if field.private else Q()


def _statement(legs: list[Leg], limit: int) -> tuple[str, list[Any]]:
    """All legs as one statement with columns leg, key, rank, lon, lat, west, south, east, north and values."""
    parts: list[str] = []
    params: list[Any] = []
    for number, leg in enumerate(legs):
        sql, values = _leg_sql(leg, limit)
        parts.append(f"(SELECT {number:d}, found.* FROM ({sql}) AS found)")
        params += values
    return " UNION ALL ".join(parts), params


def _leg_sql(leg: Leg, limit: int) -> tuple[str, list[Any]]:
    layer, declared = leg.layer, leg.layer.search
    assert declared is not None
    fields = [field for field in layer.fields if field.name in declared.shown]
    columns: dict[str, Any] = {
        "key": Cast(F(layer.key), TextField()),
        "rank": leg.rank,
        "geometry": PlainGeometry(layer.published_geometry(leg.areas)),
        **{f"v_{field.name}": F(field.path) for field in fields},
    }
    sql, params = leg.rows.order_by().values(**columns).order_by(leg.order)[:limit].query.sql_with_params()
    values = ", ".join(f"'{field.name}', row.\"v_{field.name}\"" for field in fields)
    moved = "row.geometry" if layer.srid == WGS84_SRID else f"ST_Transform(row.geometry, {WGS84_SRID:d})"
    statement = (
        "SELECT row.key, row.rank, ST_X(seen.point), ST_Y(seen.point), ST_XMin(seen.shape), ST_YMin(seen.shape),"
        f" ST_XMax(seen.shape), ST_YMax(seen.shape), json_build_object({values})"
        f" FROM ({sql}) AS row, LATERAL (SELECT shape, ST_PointOnSurface(shape) AS point"
        f" FROM (SELECT {moved} AS shape OFFSET 0) AS moved OFFSET 0) AS seen"
    )
    return statement, list(params)


def _best(legs: list[Leg], rows: list[tuple[Any, ...]], limit: int) -> list[Found]:
    """The best of *rows*, each row of a layer once."""
    found: dict[tuple[str, str], Found] = {}
    for row in rows:
        one = _found(legs[row[0]], row)
        known = found.get((one.layer.name, str(one.key)))
        if known is None or one.rank < known.rank:
            found[one.layer.name, str(one.key)] = one
    ordered = sorted(found.values(), key=lambda one: (one.rank, one.layer.position, fold(one.title), str(one.key)))
    return ordered[:limit]


def _found(leg: Leg, row: tuple[Any, ...]) -> Found:
    _number, key, rank, lon, lat, west, south, east, north, values = row
    declared = leg.layer.search
    assert declared is not None
    words = {field.name: _word(field, values.get(field.name)) for field in leg.layer.fields}
    parts = [_filled(str(pattern), words) for pattern in declared.subtitle]
    other = leg.others.get(key)
    if other:
        rank, parts = other.rank, [*parts, str(other.note)]
    return Found(
        layer=leg.layer,
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
    return str(field.values.get(value, value if value is not True else field.title))


def _filled(pattern: str, words: dict[str, str], whole: bool = True) -> str:
    """*pattern* with its fields; nothing if one of them is empty and the *whole* is wanted."""
    names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    if whole and not all(words.get(name) for name in names):
        return ""
    return pattern.format_map({name: words.get(name, "") for name in names})
