"""The SQL of a search, one part for each way in which a text may mean rows of a layer.

To write a part takes longer than to run it. So each is written once, with slots where what was typed and the viewer's
areas belong, and kept: `Layer.rows` has one shape of SQL for all viewers (see there).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Case, F, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Collate, Upper
from django.db.models.lookups import Contains, Exact, StartsWith

from gis.database.folding import Fold, HasWords
from gis.geometry.crs import WGS84_SRID
from gis.layers.base import Field, InAreas, Layer, PlainGeometry

EXACT, BEGINS, WORD, INSIDE = 0, 2, 4, 6
"""Ranks of what agrees with its diacritics; one more where only the letters do."""
APART = 8
"""Rank of a row that has all words, but not together."""
THERE = 10
"""Rank of a row that lies in the commune that was named."""
MOST_RANKED = 200
"""Rows of a layer of many that are compared with what was typed."""
KEPT = 1000
"""Parts: more than all layers have with up to the most words."""

SLOT = re.compile("\ue000(\\w+)\ue001")
"""Signs of private use, which nothing that was typed holds."""


def slot(name: str) -> str:
    return f"\ue000{name}\ue001"


AREAS, TEXT, FOLDED, WITHIN = slot("areas"), slot("text"), slot("folded"), slot("within")
"""The viewer's areas; what was typed; codes of communes joined by commas, as areas are."""


class Part(NamedTuple):
    """SQL with columns key, rank, lon, lat, west, south, east, north and values, and its parameters with slots.

    The last parameter, not among them, is the highest number of rows.
    """

    sql: str
    params: tuple[Any, ...]

    def filled(self, values: Mapping[str, str]) -> list[Any]:
        return [_filled(param, values) if isinstance(param, str) else param for param in self.params]


def _filled(param: str, values: Mapping[str, str]) -> str:
    """*param* with its slots; where it is a pattern of LIKE, signs that mean something there are escaped."""
    is_pattern = param.startswith("%") or param.endswith("%")
    return SLOT.sub(lambda found: _literally(values[found[1]]) if is_pattern else values[found[1]], param)


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@lru_cache(KEPT)
def by_name(layer: Layer, sighted: bool, words: int) -> Part:
    """Rows that have so many words (slots word0, word1 …; together in the slot words) in one of their names."""
    fields = _names(layer, sighted)
    names = {f"name_{number}": _where_visible(layer, field) for number, field in enumerate(fields)}
    rows = _rows(layer).filter(_named(layer, fields, words))
    sql, params = _selected(layer, rows, names, *_newest(layer))
    if layer.search and layer.search.many:
        sql = f"{sql} LIMIT {MOST_RANKED:d}"
    compared = ", ".join(f"lower({name}) AS marked_{name}, halong_fold({name}) AS folded_{name}" for name in names)
    ranks = [_rank(name, words) for name in names]
    ranked = (
        f"SELECT named.*, least({', '.join(sql for sql, _params in ranks)}) AS rank"
        f" FROM (SELECT row.*, {compared} FROM ({sql}) AS row OFFSET 0) AS named ORDER BY rank, marked_name_0"
    )
    return _part(layer, ranked, (*(param for _sql, more in ranks for param in more), *params))


@lru_cache(KEPT)
def by_place(layer: Layer, sighted: bool, words: int) -> Part:
    """Rows in the communes `WITHIN` that have so many words in one of their names."""
    fields = _names(layer, sighted)
    rows = _rows(layer).filter(_named(layer, fields, words), Q(InAreas(WITHIN, layer.area)))
    order = _newest(layer) or (fields[0].path,)
    return _part(layer, *_selected(layer, rows, {"rank": Value(THERE)}, *order))


@lru_cache(KEPT)
def by_code(layer: Layer, sighted: bool, name: str, letters: bool) -> Part:
    """Rows whose identifier *name* begins so (slot beginning), in the order of the index: the whole comes first."""
    field = fields_of(layer, sighted)[name]
    code = Collate(Upper(F(field.path)) if letters else F(field.path), "C")
    rows = _rows(layer).filter(_visible(layer, field), StartsWith(code, slot("beginning")))
    rank = Case(When(Exact(code, slot("beginning")), then=Value(EXACT)), default=Value(BEGINS))
    return _part(layer, *_selected(layer, rows, {"rank": rank}, code))


@lru_cache(KEPT)
def by_groups(layer: Layer, sighted: bool, names: tuple[str, ...]) -> Part:
    """Rows whose fields *names* equal the slots of these names, in the communes `WITHIN` where rows lie in communes."""
    fields, condition = fields_of(layer, sighted), Q()
    if in_communes(layer):
        condition = Q(InAreas(WITHIN, layer.area))
    for name in names:
        path, value = F(fields[name].path), Value(slot(name), output_field=TextField())
        same: Any = (path, Cast(value, IntegerField())) if is_number(fields[name]) else (Upper(path), Upper(value))
        condition &= Q(Exact(*same)) & _visible(layer, fields[name])
    return _part(layer, *_selected(layer, _rows(layer).filter(condition), {"rank": Value(EXACT)}, layer.key))


@lru_cache(KEPT)
def by_key(layer: Layer) -> Part:
    """Rows whose key is among those in the slot keys, joined by commas."""
    rows = _rows(layer).filter(Q(InAreas(slot("keys"), _key(layer))))
    return _part(layer, *_selected(layer, rows, {"rank": Value(EXACT)}, layer.key))


def fields_of(layer: Layer, sighted: bool) -> dict[str, Field]:
    """The fields that exist for a viewer with areas (*sighted*), or without."""
    return {field.name: field for field in layer.fields_for(AREAS if sighted else "")}


def is_number(field: Field) -> bool:
    return field.kind == "integer"


def in_communes(layer: Layer) -> bool:
    """Whether the layer's rows lie in communes."""
    names = {getattr(column, "attname", column.name) for column in layer.model._meta.get_fields()}
    return layer.area in names or "__" in layer.area


def _names(layer: Layer, sighted: bool) -> list[Field]:
    assert layer.search is not None
    fields = fields_of(layer, sighted)
    return [fields[name] for name in layer.search.names if name in fields]


def _rows(layer: Layer) -> QuerySet[Any]:
    return layer.rows(AREAS)


def _key(layer: Layer) -> Combinable:
    return Cast(F(layer.key), TextField())


def _visible(layer: Layer, field: Field) -> Q:
    return Q(InAreas(AREAS, layer.area)) if field.private else Q()


def _where_visible(layer: Layer, field: Field) -> Combinable:
    return Case(When(_visible(layer, field), then=F(field.path))) if field.private else F(field.path)


def _named(layer: Layer, fields: list[Field], words: int) -> Q:
    """That one of *fields* has all words."""
    assert layer.search is not None
    condition = Q()
    for field in fields:
        condition |= _visible(layer, field) & (
            _indexed(field, words) if layer.search.many else _containing(field, words)
        )
    return condition


def _containing(field: Field, words: int) -> Q:
    condition, folded = Q(), Fold(F(field.path))
    for number in range(words):
        condition &= Q(Contains(folded, slot(f"word{number}")))
    return condition


def _indexed(field: Field, words: int) -> Q:
    return Q(HasWords(F(field.path), Value(slot("words")))) if words else Q()


def _newest(layer: Layer) -> tuple[str, ...]:
    return ("-pk",) if layer.search and layer.search.many else ()


def _rank(name: str, words: int) -> tuple[str, list[str]]:
    """How well a name agrees. Marked texts are in lower case, so that "hạ" is in "Hạ Long"."""
    marked, folded = f"marked_{name}", f"folded_{name}"
    comparisons = (
        ("{} = %s", "", EXACT),
        ("starts_with({}, %s)", "", BEGINS),
        ("strpos({}, %s) > 0", " ", WORD),
        ("strpos({}, %s) > 0", "", INSIDE),
    )
    together = " AND ".join([f"strpos({folded}, %s) > 0"] * words)
    steps, params = [f"WHEN ({together}) IS NOT TRUE THEN {APART + 1}"], [slot(f"word{word}") for word in range(words)]
    for comparison, before, rank in comparisons:
        steps += [f"WHEN {comparison.format(marked)} THEN {rank}", f"WHEN {comparison.format(folded)} THEN {rank + 1}"]
        params += [before + TEXT, before + FOLDED]
    return f"CASE {' '.join(steps)} ELSE {APART} END", params


def _selected(
    layer: Layer, rows: QuerySet[Any], more: Mapping[str, Combinable], *order: Combinable | str
) -> tuple[str, tuple[Any, ...]]:
    """*rows* in *order* with the columns that `_part` wants, and *more*."""
    columns: dict[str, Any] = {
        "key": _key(layer),
        "geometry": PlainGeometry(layer.published_geometry(AREAS)),
        **{f"v_{field.name}": F(field.path) for field in _shown(layer)},
        **more,
    }
    sql, params = rows.order_by().values(**columns).order_by(*order).query.sql_with_params()
    return sql, tuple(params)


def _shown(layer: Layer) -> list[Field]:
    assert layer.search is not None
    return [field for field in layer.fields if field.name in layer.search.shown]


def _part(layer: Layer, sql: str, params: tuple[Any, ...]) -> Part:
    """The first rows of *sql*, each with a point on it, its box and its values."""
    values = ", ".join(f"'{field.name}', row.\"v_{field.name}\"" for field in _shown(layer))
    moved = "row.geometry" if layer.srid == WGS84_SRID else f"ST_Transform(row.geometry, {WGS84_SRID:d})"
    statement = (
        "SELECT row.key, row.rank, ST_X(seen.point), ST_Y(seen.point), ST_XMin(seen.shape), ST_YMin(seen.shape),"
        f" ST_XMax(seen.shape), ST_YMax(seen.shape), json_build_object({values})"
        f" FROM ({sql} LIMIT %s) AS row, LATERAL (SELECT shape, ST_PointOnSurface(shape) AS point"
        f" FROM (SELECT {moved} AS shape OFFSET 0) AS moved OFFSET 0) AS seen"
    )
    return Part(statement, params)
