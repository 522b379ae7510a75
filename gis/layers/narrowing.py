"""Ways to narrow and order a list beyond equal values: ranges, a text, and where the page before ended."""

import re
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, F, Model, Q, Value
from django.db.models.functions import Collate, Upper
from django.db.models.lookups import Contains, StartsWith

from gis.access.viewer import Areas
from gis.database.folding import Fold, fold
from gis.layers.base import Field, InAreas, Layer
from gis.places.models import Commune

MOST_WORDS = 8
FEWEST_DIGITS = 3
HIGHEST_NUMBER = 2**31 - 1


class Range(NamedTuple):
    """What a field lies between, both ends included; None is open."""

    name: str
    low: Any
    high: Any


class Order(NamedTuple):
    """By which field rows stand, and then by key; by key alone where there is no field."""

    name: str = ""
    descending: bool = False


BY_KEY = Order()


class Position(NamedTuple):
    """A row in an order: its value of the order's field (None where there is none) and its key."""

    value: Any
    key: Any


class Side(NamedTuple):
    """Rows before or after a position."""

    position: Position
    before: bool = False


NOTHING = Q(Value(False, output_field=BooleanField()))
"""As SQL, unlike `pk__in=[]`, which has none: the rows' statement stands inside others."""


def text_condition(layer: Layer, areas: Areas, text: str) -> Q:
    """Rows of *layer* that *text* names, typed with or without diacritics; none where it says nothing.

    What is found is declared by `Layer.search`. A layer without one has few rows: every word is looked for in all
    its texts.
    """
    words = fold(" ".join(text.split()))
    fields = {field.name: field for field in layer.fields_for(areas) if not field.for_drawing}
    ways = [
        *_by_names(layer, areas, fields, words),
        *_by_codes(layer, areas, fields, text),
        *_by_pattern(layer, fields, words),
    ]
    return reduce(or_, ways) if ways else NOTHING


def _by_names(layer: Layer, areas: Areas, fields: dict[str, Field], folded: str) -> list[Q]:
    """Every word stands in one of the names."""
    if layer.search is not None:
        names = [fields[name] for name in layer.search.names if name in fields]
    else:
        names = [field for field in fields.values() if field.kind == "string" and not field.values]
    words = folded.split()
    if not names or not 1 <= len(words) <= MOST_WORDS:
        return []
    return [reduce(and_, (reduce(or_, (_contains(layer, areas, name, word) for name in names)) for word in words))]


def _contains(layer: Layer, areas: Areas, field: Field, word: str) -> Q:
    found = Q(Contains(Fold(F(field.path)), word))
    return found & Q(InAreas(areas, layer.area)) if field.private else found


def _by_codes(layer: Layer, areas: Areas, fields: dict[str, Field], text: str) -> list[Q]:
    """By how an identifier begins, in the index that the layer's search has."""
    if layer.search is None:
        return []
    found = []
    digits = re.sub(r"[\s.-]", "", text)
    if len(digits) >= FEWEST_DIGITS and digits.isascii() and digits.isdigit():
        found += [
            Q(StartsWith(Collate(F(fields[one].path), "C"), digits)) for one in layer.search.digits if one in fields
        ]
    code = text.strip().upper()
    found += [
        Q(StartsWith(Collate(Upper(F(fields[one].path)), "C"), code)) for one in layer.search.codes if one in fields
    ]
    return found


def _by_pattern(layer: Layer, fields: dict[str, Field], folded: str) -> list[Q]:
    """Fields equal to the groups of the first pattern that fits. Communes are named: the index begins with them."""
    for pattern in layer.search.patterns if layer.search else ():
        match = re.fullmatch(pattern, folded)
        if match is None:
            continue
        groups = {name: value for name, value in match.groupdict().items() if value is not None}
        within = groups.pop("within", "")
        if within and not layer.in_communes:
            continue
        condition = Q(**{f"{layer.area}__in": _communes(within)}) if layer.in_communes else Q()
        for name, value in groups.items():
            if name not in fields or (fields[name].kind == "integer" and int(value) > HIGHEST_NUMBER):
                return []
            path = fields[name].path
            condition &= Q(**{path: int(value)}) if fields[name].kind == "integer" else Q(**{f"{path}__iexact": value})
        return [condition]
    return []


def _communes(folded: str) -> list[str]:
    """Codes of the communes whose names hold *folded*; of all where it is empty."""
    communes = Commune.objects.all()
    if folded.strip():
        communes = communes.filter(Q(Contains(Fold(F("name")), folded.strip())))
    return list(communes.values_list("code", flat=True))


def may_be_empty(layer: Layer, field: Field) -> bool:
    """Whether rows may have no value of *field*, as far as the model tells."""
    model: type[Model] = layer.model
    if field.private:
        return True
    for part in field.path.split("__"):
        try:
            column: Any = model._meta.get_field(part)
        except FieldDoesNotExist:  # the code of a foreign key, or worked out by the layer
            column = next((one for one in model._meta.fields if one.attname == part), None)
        if column is None or column.null:
            return True
        model = column.related_model or model
    return False


def order_sql(order: Order, column: str, empty: bool, backwards: bool) -> str:
    """The ORDER BY of *order* over `row`; rows without a value stand last, whatever the direction.

    A column that is never empty is ordered plainly, as its index is.
    """
    down = order.descending is not backwards
    way = "DESC" if down else "ASC"
    if not order.name:
        return f"row.key {way}"
    nulls = (" NULLS FIRST" if backwards else " NULLS LAST") if empty else ""
    return f"{column} {way}{nulls}, row.key {way}"


def side_sql(order: Order, column: str, empty: bool, side: Side) -> tuple[str, list[Any]]:
    """The condition over `row` that holds on one side of a position, and its parameters."""
    value, key = side.position
    sign = "<" if order.descending is not side.before else ">"
    if not order.name:
        return f"row.key {sign} %s", [key]
    if value is None:
        among = f"({column} IS NULL AND row.key {sign} %s)"
        return (f"({among} OR {column} IS NOT NULL)" if side.before else among), [key]
    beyond = f"({column}, row.key) {sign} (%s, %s)"
    return (f"({beyond} OR {column} IS NULL)" if empty and not side.before else beyond), [value, key]
