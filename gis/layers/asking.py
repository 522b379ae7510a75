"""What the address of a list asks for: conditions, ranges, a text, an order, and where the page before ended.

`?land_use=ODT&legal_area_m2.min=100&q=hong+gai&sort=-legal_area_m2&after=…`: equal values by the name of a field,
ranges by `.min` and `.max`, descending order by a minus. Pages are named by the row that they follow (or go before),
so that rows which come and go meanwhile neither repeat nor hide others, and the ten-thousandth page costs no more
than the first.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers.base import Field, Layer
from gis.layers.filters import Where, read_value, read_where
from gis.layers.narrowing import BY_KEY, Order, Position, Range, Side
from gis.layers.values import as_parameter
from gis.problems import BadParameter

OWN = frozenset({"f", "q", "sort", "after", "before"})
"""Parameters that are no fields."""
LOWEST, HIGHEST = ".min", ".max"
LONGEST_TEXT = 200
LONGEST_MARK = 2000


@dataclass(frozen=True)
class Asked:
    """A list of *layer* as its address asks for it."""

    layer: Layer
    where: Where = ()
    ranges: tuple[Range, ...] = ()
    text: str = ""
    order: Order = BY_KEY
    side: Side | None = None

    @property
    def narrows(self) -> dict[str, Any]:
        """What of it chooses rows, as a query takes it."""
        return {"where": self.where, "ranges": self.ranges, "text": self.text}

    @property
    def narrowed(self) -> bool:
        return bool(self.where or self.ranges or self.text)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that ask for it, without the page."""
        found = [(name, as_parameter(value)) for name, value in self.where]
        for name, low, high in self.ranges:
            ends = ((LOWEST, low), (HIGHEST, high))
            found += [(name + end, as_parameter(value)) for end, value in ends if value is not None]
        if self.text:
            found.append(("q", self.text))
        if self.order.name:
            found.append(("sort", f"{'-' * self.order.descending}{self.order.name}"))
        return found

    def href(self, **more: str) -> str:
        """Its first page, with *more* parameters; a query string alone."""
        return "?" + urlencode([*self.pairs(), *more.items()])

    def page_href(self, side: Side | None, **more: str) -> str:
        """The page on *side* of a row."""
        mark = {} if side is None else {"before" if side.before else "after": _written(side.position)}
        return self.href(**mark, **more)

    def but(self, **changes: Any) -> "Asked":
        """The same with *changes*, at its first page."""
        return replace(self, side=None, **changes)


def read_asked(layer: Layer, viewer: Viewer, parameters: Mapping[str, str]) -> Asked:
    """The list that *parameters* ask for. Raises `BadParameter`; fields that *viewer* may not see are unknown."""
    given = {name: str(text) for name, text in parameters.items() if text != ""}
    ends = {name for name in given if name.endswith((LOWEST, HIGHEST)) and name[:-4] in layer.ranges}
    equal = [(name, text) for name, text in given.items() if name not in OWN and name not in ends]
    order = _order(layer, viewer, given.get("sort", ""))
    return Asked(
        layer=layer,
        where=read_where(layer, viewer, equal),
        ranges=tuple(_range(layer, name, given) for name in layer.ranges if _has_end(name, ends)),
        text=_text(given.get("q", "")),
        order=order,
        side=_side(layer, order, given),
    )


def sortable(layer: Layer, fields: tuple[Field, ...]) -> list[Field]:
    """The fields that a list of *layer* may be ordered by."""
    shown = [field for field in fields if not field.for_drawing and not field.private]
    return shown if layer.sorted_by is None else [field for field in shown if field.name in layer.sorted_by]


def _has_end(name: str, ends: set[str]) -> bool:
    return name + LOWEST in ends or name + HIGHEST in ends


def _range(layer: Layer, name: str, given: dict[str, str]) -> Range:
    field = next(one for one in layer.fields if one.name == name)

    def end(which: str) -> Any:
        text = given.get(name + which)
        try:
            return None if text is None else _end(field, text, whole_day=which == HIGHEST)
        except BadParameter as error:
            raise BadParameter(error.detail, field=name + which, expected=error.expected) from error

    return Range(name, end(LOWEST), end(HIGHEST))


def _end(field: Field, text: str, whole_day: bool) -> Any:
    """An end of a range: days also as dd/mm/yyyy; the day of a moment begins and ends in Indochina."""
    written = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text.strip())
    if written and field.kind in ("date", "datetime"):
        text = f"{written[3]}-{written[2]:0>2}-{written[1]:0>2}"
    if field.kind == "datetime" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        day = read_value(replace(field, kind="date"), text)
        return datetime.combine(day, time.max if whole_day else time.min, timezone.get_default_timezone())
    return read_value(field, text.replace(",", "."))


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise BadParameter(
            _("There is no text to search for, or it is too long."),
            field="q",
            expected=_("a text of 1 to %d characters") % LONGEST_TEXT,
        )
    return " ".join(text.split())


def _order(layer: Layer, viewer: Viewer, text: str) -> Order:
    if not text:
        return BY_KEY
    order = Order(text.removeprefix("-"), text.startswith("-"))
    known = {field.name for field in sortable(layer, layer.fields_for(layer.areas_of(viewer)))}
    if order.name not in known:
        raise BadParameter(_("This parameter is not known here."), field="sort", expected=", ".join(sorted(known)))
    return order


def _side(layer: Layer, order: Order, given: dict[str, str]) -> Side | None:
    for name in ("after", "before"):
        if name in given:
            return Side(_position(layer, order, name, given[name]), before=name == "before")
    return None


def _written(position: Position) -> str:
    """A position as an address names it."""
    plain = [None if value is None else _plain(value) for value in position]
    return urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return as_parameter(value) if isinstance(value, (Decimal, date, datetime)) else value


def _position(layer: Layer, order: Order, name: str, text: str) -> Position:
    """The position that *text* names. Raises `BadParameter`."""
    try:
        if len(text) > LONGEST_MARK:
            raise ValueError
        value, key = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        read = layer.read_key(str(key)) if isinstance(key, (str, int)) else None
        if read is None or (isinstance(read, str) and not read.isprintable()):
            raise ValueError
        if not order.name or value is None:
            return Position(None, read)
        return Position(_value(next(one for one in layer.fields if one.name == order.name), value), read)
    except (ValueError, TypeError, ArithmeticError, RecursionError, BadParameter) as error:
        raise BadParameter(_("This page does not exist."), field=name, expected=_("a link of the list")) from error


def _value(field: Field, value: Any) -> Any:
    """A value of *field* out of an address: texts as they are, whatever signs a row has in them."""
    if isinstance(value, bool) or field.kind == "boolean":
        if not isinstance(value, bool) or field.kind != "boolean":
            raise ValueError
        return value
    if field.kind == "string":
        if not isinstance(value, str) or "\0" in value:
            raise ValueError
        value.encode()  # half a surrogate is no text
        return value
    if field.kind == "number":
        number = Decimal(str(value))
        if not number.is_finite() or abs(number.adjusted()) > 30:
            raise ValueError
        return number
    return read_value(field, str(value))
