"""How a sheet of paper is divided: millimetres from its lower left corner.

The map's frame depends on paper and orientation alone, so that a browser can show beforehand what will be on it.
"""

from dataclasses import dataclass
from typing import NamedTuple

MM = 72 / 25.4
"""Points in a millimetre."""
SHEETS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
"""Width and height of upright paper."""
ORIENTATIONS = ("portrait", "landscape")

EDGE = 9.0
"""Free on all sides: printers reach no further."""
GUTTER = 4.0
"""Between the parts of a sheet."""
HEAD = 17.0
FOOT = 12.5
RING = 6.5
"""Between the map's edge and the outer frame: room for the grid's figures."""
SIDE = {"A4": 54.0, "A3": 74.0}
"""Width of the column beside a map on wide paper."""
BELOW = {"A4": 50.0, "A3": 60.0}
"""Height of the strip under a map on upright paper."""
NOTES_WIDTH = {"A4": 64.0, "A3": 80.0}
"""The share that the notes have of that strip."""
NOTES_HEIGHT = {"A4": 56.0, "A3": 62.0}
"""The share that they have of the column."""
LETTERING = {"A4": 1.0, "A3": 1.15}


class Part(NamedTuple):
    """A rectangle of the sheet."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height

    def inset(self, by: float) -> "Part":
        return Part(self.left + by, self.bottom + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True)
class Layout:
    """The parts of one sheet; *frame* is the outer frame, *map* what the picture fills."""

    width: float
    height: float
    head: Part
    frame: Part
    notes: Part
    """North, scale and the coordinate system."""
    legend: Part
    foot: Part
    lettering: float
    """How much larger than on the smallest sheet texts are."""

    @property
    def map(self) -> Part:
        return self.frame.inset(RING)


def layout_of(paper: str, orientation: str) -> Layout:
    """The division of *paper* (of `SHEETS`) in *orientation* (of `ORIENTATIONS`)."""
    short, long = SHEETS[paper]
    width, height = (short, long) if orientation == "portrait" else (long, short)
    page = Part(0, 0, width, height).inset(EDGE)
    head = Part(page.left, page.top - HEAD, page.width, HEAD)
    foot = Part(page.left, page.bottom, page.width, FOOT)
    body = Part(page.left, foot.top, page.width, head.bottom - foot.top)
    divide = _beside if orientation == "landscape" else _below
    return Layout(width, height, head, *divide(body, paper), foot, LETTERING[paper])


def _beside(body: Part, paper: str) -> tuple[Part, Part, Part]:
    """Frame, notes and legend where they stand side by side: the notes above, the legend in what is left."""
    side = SIDE[paper]
    frame = Part(body.left, body.bottom, body.width - side - GUTTER, body.height)
    column = Part(frame.right + GUTTER, body.bottom, side, body.height)
    height = NOTES_HEIGHT[paper]
    notes = Part(column.left, column.top - height, side, height)
    return frame, notes, Part(column.left, column.bottom, side, column.height - height)


def _below(body: Part, paper: str) -> tuple[Part, Part, Part]:
    """The same where notes and legend stand under the frame."""
    strip = Part(body.left, body.bottom, body.width, BELOW[paper])
    frame = Part(body.left, strip.top + GUTTER, body.width, body.height - strip.height - GUTTER)
    notes = Part(strip.left, strip.bottom, NOTES_WIDTH[paper], strip.height)
    return frame, notes, Part(notes.right + 6, strip.bottom, strip.right - notes.right - 6, strip.height)
