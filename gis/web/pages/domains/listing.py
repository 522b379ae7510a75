"""What a list shows: rows of one page, and the links that narrow it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Field, Layer
from gis.layers.filters import Where, read_where
from gis.layers.query import COUNT_CAP, LayerQuery
from gis.problems import BadParameter
from gis.web.pages.addresses import item_href
from gis.web.pages.domains.values import as_parameter, shown, whole

PAGE_ROWS = 50
LAST_PAGE = COUNT_CAP // PAGE_ROWS
"""Nobody reads further; whoever needs more narrows the list or takes the file."""
MOST_VALUES = 60
"""Links under one heading."""
OWN = frozenset({"page", "f", "bom"})
"""Parameters that are no fields."""


@dataclass(frozen=True)
class Listing:
    """One page of *layer* as *viewer* sees it, narrowed by *where*."""

    layer: Layer
    viewer: Viewer
    where: Where
    page: int

    @classmethod
    def asked(cls, layer: Layer, viewer: Viewer, query: QueryDict) -> "Listing":
        """The list that *query* asks for. Raises `BadParameter`."""
        for name, values in query.lists():
            if len(values) > 1:
                raise BadParameter(_("This parameter is given more than once."), field=name, expected=_("one value"))
        pairs = [(name, str(query[name])) for name in query if name not in OWN and query[name] != ""]
        return cls(layer, viewer, read_where(layer, viewer, pairs), _page(query.get("page", "1")))

    def query(self, **more: Any) -> LayerQuery:
        return LayerQuery(self.layer, self.viewer, where=self.where, **more)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return self.query().fields

    @property
    def columns(self) -> list[Field]:
        """The fields that the page shows, in the order of each row's cells."""
        return [field for field in self.fields if not field.for_drawing]

    @cached_property
    def number(self) -> int | None:
        return self.query().count()

    @property
    def number_shown(self) -> str:
        return _("more than %s") % whole(COUNT_CAP) if self.number is None else whole(self.number)

    def on_page(self) -> LayerQuery:
        """The rows of this page alone."""
        return self.query(limit=PAGE_ROWS, offset=(self.page - 1) * PAGE_ROWS)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        found = self.on_page().records()
        return [
            {
                "key": key,
                "href": item_href(self.layer, key),
                "cells": [
                    (field, shown(field, value))
                    for field, value in zip(self.fields, values, strict=True)
                    if not field.for_drawing
                ],
            }
            for key, *values in found
        ]

    @property
    def pages(self) -> int:
        rows = COUNT_CAP if self.number is None else self.number
        return max(1, min(LAST_PAGE, -(-rows // PAGE_ROWS)))

    @property
    def previous_href(self) -> str:
        return self.href(self.where, page=self.page - 1) if self.page > 1 else ""

    @property
    def next_href(self) -> str:
        return self.href(self.where, page=self.page + 1) if self.page < self.pages else ""

    def href(self, where: Where, **more: Any) -> str:
        """The list narrowed by *where*; a query string alone."""
        pairs = [(name, as_parameter(value)) for name, value in where]
        return "?" + urlencode([*pairs, *more.items()])

    def here(self, **more: Any) -> str:
        """This very page of the list, with *more* parameters."""
        return self.href(self.where, page=self.page, **more)

    @property
    def chips(self) -> list[dict[str, str]]:
        """The conditions that hold, each with the list without it."""
        fields = {field.name: field for field in self.fields}
        return [
            {
                "title": str(fields[name].title),
                "value": shown(fields[name], value),
                "href": self.href(tuple(pair for pair in self.where if pair[0] != name)),
            }
            for name, value in self.where
        ]

    @cached_property
    def facets(self) -> list[dict[str, Any]]:
        """Fields of few values that the list is not narrowed by yet, each value with its number and its list."""
        narrowed = {name for name, _value in self.where}
        found = []
        for field in classed_fields(self.layer):
            if field.name in narrowed:
                continue
            values = [(value, count) for value, count in self.query().shares(field.name) if value not in (None, "")]
            if not 1 < len(values) <= MOST_VALUES:
                continue
            links = [
                {
                    "text": shown(field, value),
                    "count": whole(count),
                    "href": self.href((*self.where, (field.name, value))),
                }
                for value, count in values
            ]
            found.append({"title": str(field.title), "links": links})
        return found

    @property
    def formats(self) -> list[tuple[str, str]]:
        offered = (
            ("CSV", {"f": "csv"}),
            ("CSV (Excel)", {"f": "csv", "bom": "1"}),
            ("XLSX", {"f": "xlsx"}),
            ("GeoJSON", {"f": "geojson"}),
        )
        return [(title, self.href(self.where, **more)) for title, more in offered]

    @property
    def counted_in_part(self) -> str:
        return "" if self.number is not None else _("Counted in the first %s rows.") % whole(COUNT_CAP)


def classed_fields(layer: Layer) -> list[Field]:
    """The public fields of few values: coded ones, what the style tells apart, and the commune."""
    shared = [field for field in layer.fields if not field.private and not field.for_drawing]
    telling = (layer.styles[0].field, "commune")
    return [field for field in shared if field.values or field.name in telling or field.kind == "boolean"]


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LAST_PAGE):
        raise BadParameter(_("This value is not possible here."), field="page", expected=f"1–{LAST_PAGE}")
    return int(text)
