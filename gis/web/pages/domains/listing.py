"""What a list shows: the rows of one page, how many there are, and the links and boxes that narrow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Field, Layer
from gis.layers.asking import HIGHEST, LOWEST, Asked, read_asked, sortable
from gis.layers.narrowing import Order, Position, Range, Side
from gis.layers.query import LayerQuery, Tally
from gis.layers.values import as_parameter, rounded, shown, title_of, whole
from gis.layers.versions import version_of_layer
from gis.problems import BadParameter
from gis.web.pages.addresses import item_href

PAGE_ROWS = 50
MOST_VALUES = 60
"""Links under one heading."""
COUNTED_AT_ONCE = 60_000
"""Rows that are counted for a page while its reader waits; more are counted once and remembered."""
NEWEST_ROWS = 5
REMEMBERED_SECONDS = 3600
"""Until the layer changes, but no longer than this."""


class Link(NamedTuple):
    text: str
    number: str
    href: str


class Facet(NamedTuple):
    title: str
    links: list[Link]


class Heading(NamedTuple):
    """A column: its field, the list ordered by it ("" where it is not), and how it is ordered by it now."""

    field: Field
    href: str
    sorted: str


class Between(NamedTuple):
    """Two boxes for a range."""

    field: Field
    low_name: str
    low: str
    high_name: str
    high: str


@dataclass(frozen=True)
class Listing:
    """One page of a list as *viewer* sees it."""

    asked: Asked
    viewer: Viewer

    @classmethod
    def read(cls, layer: Layer, viewer: Viewer, query: QueryDict) -> "Listing":
        """The list that *query* asks for. Raises `BadParameter`."""
        for name, values in query.lists():
            if len(values) > 1:
                raise BadParameter(_("This parameter is given more than once."), field=name, expected=_("one value"))
        return cls(read_asked(layer, viewer, {name: str(query[name]) for name in query}), viewer)

    @property
    def layer(self) -> Layer:
        return self.asked.layer

    def query(self, **more: Any) -> LayerQuery:
        return LayerQuery(self.layer, self.viewer, **self.asked.narrows, order=self.asked.order, **more)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return self.query().fields

    @cached_property
    def columns(self) -> list[Field]:
        """The fields that the page shows, in the order of each row's cells."""
        told = [field for field in self.fields if not field.for_drawing]
        named = self.layer.columns
        return told if not named else [field for field in told if field.name in named or field.private]

    @cached_property
    def headings(self) -> list[Heading]:
        may = {field.name for field in sortable(self.layer, self.fields)}
        order = self.asked.order
        found = []
        for field in self.columns:
            now = ("descending" if order.descending else "ascending") if field.name == order.name else ""
            turned = Order(field.name, descending=now == "ascending")
            found.append(Heading(field, self.asked.but(order=turned).href() if field.name in may else "", now))
        return found

    @cached_property
    def tally(self) -> Tally | None:
        """Counts of the rows and of the facets' values; None where they are too many to be counted for a page."""
        groups = [(field.name, field.word) for field in classed_fields(self.layer)]
        now = self.query().tally(groups, COUNTED_AT_ONCE)
        return now if now is not None or self.asked.narrowed else self._remembered(groups)

    def _remembered(self, groups: Sequence[tuple[str, str]]) -> Tally:
        """The tally of the whole layer, as of its last change."""
        areas = self.layer.areas_of(self.viewer)
        key = f"pages.tally.{self.layer.name}.{areas}.{version_of_layer(self.layer.name)}"
        found: Tally | None = cache.get(key)
        if found is None:
            found = self.query().tally(groups, 2**62)
            assert found is not None
            cache.set(key, found, REMEMBERED_SECONDS)
        return found

    @property
    def number_shown(self) -> str:
        """ "1.234", or "about 1.500.000" as the database expects."""
        if self.tally is not None:
            return whole(self.tally.total)
        return _("about %s") % whole(rounded(self.query().expected()))

    @cached_property
    def _found(self) -> list[tuple[Any, ...]]:
        """The rows of the page in its order, and one more where there is a page beyond."""
        side = self.asked.side
        return list(self.query(side=side, limit=PAGE_ROWS + 1).records())

    @cached_property
    def page(self) -> list[tuple[Any, ...]]:
        """(key, values) of the rows of this page."""
        side = self.asked.side
        rows = self._found[:PAGE_ROWS]
        return rows[::-1] if side is not None and side.before else rows

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        at = {field.name: place for place, field in enumerate(self.fields, 1)}
        return [
            {
                "key": row[0],
                "href": item_href(self.layer, row[0]),
                "cells": [(field, shown(field, row[at[field.name]])) for field in self.columns],
            }
            for row in self.page
        ]

    def on_page(self) -> LayerQuery:
        """The rows of this page, which is not empty, in the order of their keys."""
        return LayerQuery(self.layer, self.viewer, keys=tuple(row[0] for row in self.page))

    def here(self, **more: str) -> str:
        """This very page, with *more* parameters."""
        return self.asked.page_href(self.asked.side, **more)

    @property
    def first_href(self) -> str:
        return self.asked.href() if self.previous_href else ""

    @property
    def previous_href(self) -> str:
        side = self.asked.side
        beyond = len(self._found) > PAGE_ROWS
        if not self.page or side is None or (side.before and not beyond):
            return ""
        return self.asked.page_href(Side(self._position(self.page[0]), before=True))

    @property
    def next_href(self) -> str:
        side = self.asked.side
        beyond = len(self._found) > PAGE_ROWS
        if not self.page or not (beyond or (side is not None and side.before)):
            return ""
        return self.asked.page_href(Side(self._position(self.page[-1])))

    def _position(self, row: tuple[Any, ...]) -> Position:
        names = [field.name for field in self.fields]
        name = self.asked.order.name
        return Position(row[1 + names.index(name)] if name else None, row[0])

    @property
    def chips(self) -> list[dict[str, str]]:
        """The conditions that hold, each with the list without it."""
        fields = {field.name: field for field in self.fields}
        asked = self.asked
        found = [
            (
                str(fields[name].title),
                self._word(fields[name], value),
                asked.but(where=tuple(p for p in asked.where if p[0] != name)),
            )
            for name, value in asked.where
        ]
        found += [
            (
                str(fields[one.name].title),
                between(fields[one.name], one),
                asked.but(ranges=tuple(r for r in asked.ranges if r != one)),
            )
            for one in asked.ranges
        ]
        if asked.text:
            found.append((_("Text"), f"“{asked.text}”", asked.but(text="")))
        return [{"title": title, "value": value, "href": less.href()} for title, value, less in found]

    def _word(self, field: Field, value: Any) -> str:
        """A value as the reader knows it: a code with its word, as far as the page tells it."""
        text = shown(field, value)
        names = [one.name for one in self.fields]
        if not field.word or not self.page or field.word not in names:
            return text
        return f"{text} {self.page[0][1 + names.index(field.word)]}"

    @cached_property
    def facets(self) -> list[Facet]:
        """Fields of few values that the list is not narrowed by yet, each value with its number and its list."""
        if self.tally is None:
            return []
        narrowed = {name for name, _value in self.asked.where}
        fields = {field.name: field for field in self.fields}
        return [
            Facet(str(fields[name].title), links)
            for name in self.tally.values
            if name in fields and name not in narrowed
            if 1 < len(links := self._links(fields[name])) <= MOST_VALUES
        ]

    def _links(self, field: Field) -> list[Link]:
        assert self.tally is not None
        told = [one for one in self.tally.values[field.name] if one[0] not in (None, "")]
        told.sort(key=lambda one: (-one[2], str(one[0])))
        where = self.asked.where
        return [
            Link(
                f"{shown(field, value)} {word}" if word else shown(field, value),
                whole(count),
                self.asked.but(where=(*where, (field.name, value))).href(),
            )
            for value, word, count in told
        ]

    @property
    def boxes(self) -> list[Between]:
        """The ranges that may be typed, with what they are now."""
        fields = {field.name: field for field in self.fields}
        now = {one.name: one for one in self.asked.ranges}
        boxes = [(fields[name], now.get(name, Range(name, None, None))) for name in self.layer.ranges if name in fields]
        return [
            Between(field, field.name + LOWEST, _typed(span.low), field.name + HIGHEST, _typed(span.high))
            for field, span in boxes
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form of ranges and text leaves as they are."""
        own = {"q", *(name for box in self.boxes for name in (box.low_name, box.high_name))}
        return [(name, value) for name, value in self.asked.pairs() if name not in own]


def between(field: Field, span: Range) -> str:
    """ "100–200 m²", "from 100 m²", "up to 01/09/2024"."""
    unit = f" {field.unit}" if field.unit else ""
    if span.low is None:
        return _("up to %s") % f"{shown(field, span.high)}{unit}"
    if span.high is None:
        return _("from %s") % f"{shown(field, span.low)}{unit}"
    return f"{shown(field, span.low)}–{shown(field, span.high)}{unit}"


def _typed(end: Any) -> str:
    """The end of a range as somebody types it into its box."""
    if end is None:
        return ""
    if isinstance(end, datetime):
        return f"{timezone.localtime(end):%d/%m/%Y}"
    return f"{end:%d/%m/%Y}" if isinstance(end, date) else as_parameter(end)


def newest(layer: Layer, viewer: Viewer) -> list[dict[str, Any]]:
    """The rows of *layer* that changed last, each with its address, title and moment; none where no field tells."""
    if not layer.newest:
        return []
    query = LayerQuery(layer, viewer, order=Order(layer.newest, descending=True), limit=NEWEST_ROWS)
    names = [field.name for field in query.fields]
    at = names.index(layer.newest)
    return [
        {
            "href": item_href(layer, row[0]),
            "title": title_of(layer, query.fields, row),
            "commune": row[1 + names.index("commune")] if "commune" in names else "",
            "moment": shown(query.fields[at], row[1 + at]),
        }
        for row in query.records()
        if row[1 + at] is not None
    ]


def classed_fields(layer: Layer) -> list[Field]:
    """The public fields of few values: coded ones, what the style tells apart, and the commune."""
    shared = [field for field in layer.fields if not field.private and not field.for_drawing]
    telling = (layer.styles[0].field, "commune")
    return [field for field in shared if field.values or field.word or field.name in telling or field.kind == "boolean"]
