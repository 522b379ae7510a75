"""Legends: a style's rules with their titles, drawn with the very symbols of the map."""

import json
import struct
from functools import lru_cache
from typing import NamedTuple

from gis.layers import Layer, Rule, Style
from gis.layers.credits import NOT_LEGAL
from gis.maps.drawing.pictures import canvas
from gis.maps.drawing.pool import shared_pool
from gis.maps.drawing.requests import WHITE, Background, check_size
from gis.maps.drawing.sketches import row_sketch

WIDEST = 640
"""Pixels; longer titles are cut off."""
GAP = 4
FOOTER = 18
"""Pixels of the line under the symbols."""


class Swatch(NamedTuple):
    """Pixels of one symbol in a legend."""

    width: int = 28
    height: int = 16


USUAL_SWATCH = Swatch()


class Legend(NamedTuple):
    """A PNG and its true size."""

    picture: bytes
    width: int
    height: int


def legend_of(
    layer: Layer,
    style: Style,
    *,
    swatch: Swatch = USUAL_SWATCH,
    scale: float | None = None,
    background: Background = WHITE,
) -> Legend:
    """The legend of *style* in the active language; with *scale* (a denominator) only what is drawn there.

    Under outlines that could be taken for legal boundaries it says that they are none.
    """
    rules = [rule for rule in style.rules if scale is None or drawn_at(rule, layer, scale)]
    height = max(swatch.height, 16, *(_tallest(rule) for rule in rules or style.rules)) + GAP
    notice = str(NOT_LEGAL) if layer.looks_legal else ""
    rows = [(rule, str(rule.title)) for rule in rules]
    order = {
        **canvas(WIDEST, max(len(rules), 1) * height + (FOOTER if notice else 0), background, "png"),
        **row_sketch(rows, layer.geometry_type, swatch, height, notice, FOOTER),
    }
    check_size(order["width"], order["height"])
    return _drawn(json.dumps(order))


def drawn_at(rule: Rule, layer: Layer, scale: float) -> bool:
    limits = [limit for limit in (rule.max_scale, layer.max_scale) if limit is not None]
    return (rule.min_scale or 0) <= scale and all(scale <= limit for limit in limits)


@lru_cache(maxsize=512)
def _drawn(order: str) -> Legend:
    """Kept, because capabilities name the size of every legend."""
    picture = shared_pool().ask(json.loads(order))
    width, height = struct.unpack(">II", picture[16:24])
    return Legend(picture, width, height)


def _tallest(rule: Rule) -> int:
    return round(rule.size + rule.stroke_width) if rule.marker else 0
