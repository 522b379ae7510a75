"""Features as text: a page that leaves while it is read, and a single one."""

import json
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.query import LayerQuery
from gis.ogc.features.documents import GEOJSON, Address, Json, link
from gis.ogc.features.params import ItemsRequest, page_after
from gis.problems import NotFound

CHUNK = 100
"""Features that leave together."""


def page(layer: Layer, viewer: Viewer, asked: ItemsRequest, query: QueryDict, at: Address) -> Iterator[str]:
    """A FeatureCollection, piece by piece; links and counts come last, when they are known."""
    wanted = LayerQuery(layer, viewer, asked.boxes, asked.span, asked.after, limit=asked.limit + 1)
    matched = wanted.count()
    yield f'{{"type":"FeatureCollection","timeStamp":"{timezone.now():%Y-%m-%dT%H:%M:%SZ}","features":['
    rows = wanted.features()
    number, last = 0, None
    shown = islice(rows, asked.limit)
    while chunk := list(islice(shown, CHUNK)):
        yield ("," if number else "") + ",".join(text for _key, text in chunk)
        number += len(chunk)
        last = chunk[-1][0]
    more = next(rows, None) is not None
    counts = {"numberReturned": number} if matched is None else {"numberMatched": matched, "numberReturned": number}
    tail = {"links": _links(layer, query, at, last if more else None), **counts}
    yield "]," + json.dumps(tail, ensure_ascii=False)[1:]


def _links(layer: Layer, query: QueryDict, at: Address, after: str | int | None) -> list[Json]:
    here = at(f"/collections/{layer.name}/items")
    pairs = [(name, value) for name, value in query.items() if name != "after"]
    links = [
        link(here + (f"?{query.urlencode()}" if query else ""), "self", GEOJSON),
        link(at(f"/collections/{layer.name}"), "collection", "application/json"),
    ]
    if after is not None:
        following = urlencode([*pairs, ("after", page_after(layer, after))])
        links.append(link(f"{here}?{following}", "next", GEOJSON, _("Next page")))
    return links


def feature(layer: Layer, viewer: Viewer, key_text: str, at: Address, path: str) -> str:
    """One feature with its links. Raises `NotFound`, also for one that *viewer* may not see."""
    key = layer.read_key(key_text)
    found = None if key is None else next(LayerQuery(layer, viewer, keys=(key,), limit=1).features(), None)
    if found is None:
        raise NotFound(_("There is no feature with this identifier."), field="featureId")
    links = [
        link(at(path), "self", GEOJSON),
        link(at(f"/collections/{layer.name}"), "collection", "application/json"),
    ]
    return found[1][:-1] + ',"links":' + json.dumps(links, ensure_ascii=False) + "}"
