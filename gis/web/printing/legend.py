"""The legend of a sheet: of each layer the classes that are drawn at its scale and occur within its frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import OperationalError

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID
from gis.layers import Layer, Rule, Style
from gis.layers.query import COUNT_CAP, Box, LayerQuery
from gis.maps.drawing.legends import drawn_at
from gis.web.printing.fonts import BOLD, PLAIN, wrapped
from gis.web.printing.grid import Window
from gis.web.printing.pen import Pen
from gis.web.printing.picture import PIXEL_MM
from gis.web.printing.sheets import MM, Part

COLUMN_GAP = 5.0
NARROWEST_COLUMN = 46.0
SMALLEST = 0.84
"""Of the usual size of letters: smaller ones are not for paper."""
OUTLINES = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle": ((-1, -1), (1, -1), (0, 1)),
    "diamond": ((-1, 0), (0, -1), (1, 0), (0, 1)),
}
"""The corners of markers in halves of their size; all others are circles."""


@dataclass(frozen=True)
class Entry:
    """A layer in one of its styles, and those of its rules that are to be explained."""

    layer: Layer
    style: Style
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Row:
    """One line of a legend, which may be broken: a heading where there is no *rule*. *gap*: free above it."""

    lines: tuple[str, ...]
    height: float
    gap: float
    bold: bool
    rule: Rule | None = None
    geometry_type: str = ""


class Placed(NamedTuple):
    """Where a row stands: its left side, and the middle between above and below."""

    row: Row
    left: float
    middle: float


@dataclass(frozen=True)
class Manner:
    """The measures of a legend: millimetres, the letters' *size* points."""

    size: float = 6.8
    line: float = 3.0
    swatch: tuple[float, float] = (8.0, 3.5)
    class_gap: float = 1.4
    layer_gap: float = 2.4

    @classmethod
    def enlarged(cls, by: float) -> "Manner":
        usual = cls()
        width, height = usual.swatch
        measures = (usual.size, usual.line, usual.class_gap, usual.layer_gap)
        size, line, class_gap, layer_gap = (by * measure for measure in measures)
        return cls(size, line, (by * width, by * height), class_gap, layer_gap)

    @property
    def text_at(self) -> float:
        """From a column's edge to a title beside a symbol."""
        return self.swatch[0] + 2.2


def entries_of(layers: Sequence[tuple[Layer, Style]], viewer: Viewer, window: Window) -> list[Entry]:
    """What the sheet has to explain, the topmost layer first."""
    entries = [Entry(layer, style, shown_rules(layer, style, viewer, window)) for layer, style in reversed(layers)]
    return [entry for entry in entries if entry.rules]


def shown_rules(layer: Layer, style: Style, viewer: Viewer, window: Window) -> tuple[Rule, ...]:
    """The rules drawn at the window's scale that some row within it falls under.

    All of them where the rows are too many to look at each, or the database takes too long over it.
    """
    rules = tuple(rule for rule in style.rules if drawn_at(rule, layer, window.scale))
    query = LayerQuery(layer, viewer, boxes=(Box(*window.bounds, LEGAL_SRID),))
    try:
        if style.field is None:
            return rules if rules and query.count(cap=0) != 0 else ()
        shares = query.shares(style.field, scale=window.scale)
    except OperationalError:
        return rules
    if sum(count for _value, count in shares) >= COUNT_CAP:
        return rules
    met = {id(rule_of(style, value)) for value, _count in shares}
    return tuple(rule for rule in rules if id(rule) in met)


def rule_of(style: Style, value: Any) -> Rule | None:
    """The rule that *value* falls under: its own, else the one for all others."""
    named = (rule for rule in style.rules if value in rule.values)
    return next(named, None) or next((rule for rule in style.rules if not rule.values), None)


def rows_of(entries: Sequence[Entry], width: float, manner: Manner) -> list[list[Row]]:
    """Blocks of rows that stand together, for a column of *width* millimetres: a heading and its first class, a class.

    A layer that has only one class needs no heading: its title stands beside the symbol.
    """
    blocks: list[list[Row]] = []
    for entry in entries:
        title, kind = str(entry.layer.title), entry.layer.geometry_type
        if len(entry.style.rules) == 1:
            blocks.append([_class_row(entry.rules[0], title, kind, width, manner, alone=True)])
            continue
        lines = wrapped(title, BOLD, manner.size, width * MM)
        heading = Row(tuple(lines), len(lines) * manner.line, manner.layer_gap, bold=True)
        classes = [_class_row(rule, str(rule.title), kind, width, manner) for rule in entry.rules]
        blocks += [[heading, classes[0]], *([row] for row in classes[1:])]
    return blocks


def _class_row(rule: Rule, title: str, kind: str, width: float, manner: Manner, *, alone: bool = False) -> Row:
    lines = wrapped(title, BOLD if alone else PLAIN, manner.size, (width - manner.text_at) * MM)
    symbol = rule.size * PIXEL_MM if rule.marker else manner.swatch[1]
    gap = manner.layer_gap if alone else manner.class_gap
    return Row(tuple(lines), max(len(lines) * manner.line, symbol), gap, alone, rule, kind)


def columns_of(part: Part) -> list[Part]:
    """*part* as columns side by side."""
    count = max(int((part.width + COLUMN_GAP) // (NARROWEST_COLUMN + COLUMN_GAP)), 1)
    width = (part.width - (count - 1) * COLUMN_GAP) / count
    return [Part(part.left + number * (width + COLUMN_GAP), part.bottom, width, part.height) for number in range(count)]


def place(blocks: Sequence[list[Row]], part: Part) -> tuple[list[Placed], list[list[Row]]]:
    """Fill *part* column by column; the blocks for which there is no room are given back."""
    placed: list[Placed] = []
    rest = list(blocks)
    for column in columns_of(part):
        top = column.top + (rest[0][0].gap if rest else 0)  # nothing stands above the first
        while rest and top - sum(row.gap + row.height for row in rest[0]) >= column.bottom:
            for row in rest.pop(0):
                placed.append(Placed(row, column.left, top - row.gap - row.height / 2))
                top -= row.gap + row.height
    return placed, rest


def fitting(entries: Sequence[Entry], part: Part, largest: float) -> Manner:
    """The largest manner, down from *largest*, in which all of *entries* fit into *part*; the usual where none does."""
    width = columns_of(part)[0].width
    for size in (largest, 1.0, 0.92, SMALLEST):
        manner = Manner.enlarged(size)
        if size <= largest and not place(rows_of(entries, width, manner), part)[1]:
            return manner
    return Manner()


def draw(pen: Pen, placed: Sequence[Placed], manner: Manner) -> None:
    for row, left, middle in placed:
        _draw_row(pen, row, left, middle, manner)


def _draw_row(pen: Pen, row: Row, left: float, middle: float, manner: Manner) -> None:
    width, height = manner.swatch
    base = middle + (len(row.lines) - 1) * manner.line / 2 - manner.size * 0.36 / MM
    text_left = left if row.rule is None else left + manner.text_at
    for number, line in enumerate(row.lines):
        pen.text(text_left, base - number * manner.line, line, manner.size, face=BOLD if row.bold else PLAIN)
    if row.rule is not None:
        draw_symbol(pen, row.rule, row.geometry_type, Part(left, middle - height / 2, width, height))


def draw_symbol(pen: Pen, rule: Rule, geometry_type: str, part: Part) -> None:
    """What *rule* looks like, in the size that it has on the map."""
    x, y = part.left + part.width / 2, part.bottom + part.height / 2
    width = rule.stroke_width * PIXEL_MM
    dash = [length * PIXEL_MM for length in rule.dash]
    if geometry_type == "Polygon":
        ring = [(part.left, part.bottom), (part.right, part.bottom), (part.right, part.top), (part.left, part.top)]
        pen.shape(ring, fill=rule.fill, fill_opacity=rule.fill_opacity, stroke=rule.stroke, width=width, dash=dash)
    elif geometry_type == "LineString" and rule.stroke:
        pen.shape([(part.left, y), (part.right, y)], stroke=rule.stroke, width=width, dash=dash, closed=False)
    if geometry_type == "Point" or rule.marker:
        _draw_marker(pen, rule, x, y, width)


def _draw_marker(pen: Pen, rule: Rule, x: float, y: float, width: float) -> None:
    half = rule.size * PIXEL_MM / 2
    paint: dict[str, Any] = {
        "fill": rule.fill,
        "fill_opacity": rule.fill_opacity,
        "stroke": rule.stroke,
        "width": width,
    }
    outline = OUTLINES.get(rule.marker or "")
    if outline is None:
        pen.circle(x, y, half, **paint)
    else:
        pen.shape([(x + dx * half, y + dy * half) for dx, dy in outline], **paint)
