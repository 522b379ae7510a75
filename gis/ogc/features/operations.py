"""Features as text: a page that leaves while it is read, and a single one."""

import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.query import LayerQuery
from gis.ogc.features.documents import GEOJSON, JSON, Address, Json, item_path, link
from gis.ogc.features.params import ItemsRequest, page_after
from gis.problems import NotFound

PIECE = 32 * 1024
"""Characters that leave together."""
PAGE = 32 * 1024 * 1024
"""Characters after which a page ends, however many features were asked for; the rest is the next page's."""

Row = tuple[Any, str]
"""A feature's key and its text."""


@dataclass(frozen=True)
class Page:
    """One page of a layer's features, and where it stands."""

    layer: Layer
    viewer: Viewer
    asked: ItemsRequest
    query: QueryDict
    at: Address

    @property
    def wanted(self) -> LayerQuery:
        """One row more than is shown, to know whether there is another page."""
        asked = self.asked
        return LayerQuery(
            self.layer,
            self.viewer,
            asked.boxes,
            asked.span,
            asked.after,
            limit=asked.limit + 1,
            where=asked.where,
            past=asked.past,
        )

    def text(self) -> Iterator[str]:
        """A FeatureCollection, piece by piece; links and counts come last, when they are known.

        The query runs before the first piece is asked for, so that its errors are still told as such.
        """
        rows = self.wanted.features()
        first = next(rows, None)
        return self._written(first, rows)

    def _written(self, first: Row | None, others: Generator[Row, None, None]) -> Iterator[str]:
        written = _Written()
        with closing(others):
            yield f'{{"type":"FeatureCollection","timeStamp":"{timezone.now():%Y-%m-%dT%H:%M:%SZ}","features":['
            yield from written.pieces(chain([first] if first else [], others), self.asked.limit)
        yield "]," + json.dumps(self._tail(written), ensure_ascii=False)[1:]

    def _tail(self, written: "_Written") -> Json:
        tail: Json = {"links": self._links(written.last if written.more else None)}
        whole = self.asked.after is None and not written.more
        matched = written.number if whole else self.wanted.count()
        if matched is not None:
            tail["numberMatched"] = matched
        return {**tail, "numberReturned": written.number}

    def _links(self, after: str | int | None) -> list[Json]:
        here = self.at(f"/collections/{self.layer.name}/items")
        links = [
            link(here + (f"?{self.query.urlencode()}" if self.query else ""), "self", GEOJSON),
            link(self.at(f"/collections/{self.layer.name}"), "collection", JSON),
        ]
        if after is not None:
            kept = [(name, value) for name, value in self.query.items() if name != "after"]
            following = urlencode([*kept, ("after", page_after(self.layer, after))])
            links.append(link(f"{here}?{following}", "next", GEOJSON, _("Next page")))
        return links


@dataclass
class _Written:
    """What of a page has left so far. `more`: rows are left that did not fit."""

    number: int = 0
    size: int = 0
    last: str | int | None = None
    more: bool = False

    def pieces(self, rows: Iterable[Row], limit: int) -> Iterator[str]:
        """The features' texts, joined by commas; the first leaves alone."""
        waiting = ""
        for key, text in rows:
            if self.number == limit or self.size > PAGE:
                self.more = True
                break
            waiting += ("," if self.number else "") + text
            self.number += 1
            self.size += len(text)
            self.last = key
            if self.number == 1 or len(waiting) > PIECE:
                yield waiting
                waiting = ""
        yield waiting


def feature(layer: Layer, viewer: Viewer, key_text: str, at: Address) -> str:
    """One feature with its links. Raises `NotFound`, also for one that *viewer* may not see."""
    key = layer.read_key(key_text)
    found = None if key is None else next(LayerQuery(layer, viewer, keys=(key,), limit=1).features(), None)
    if found is None:
        raise NotFound(_("There is no feature with this identifier."), field="featureId")
    links = [
        link(at(item_path(layer, found[0])), "self", GEOJSON),
        link(at(f"/collections/{layer.name}"), "collection", JSON),
    ]
    return found[1][:-1] + ',"links":' + json.dumps(links, ensure_ascii=False) + "}"
