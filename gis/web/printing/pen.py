"""Drawing on a page in millimetres."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from gis.web.printing.fonts import PLAIN, width_of
from gis.web.printing.sheets import MM, Part

INK = "#16262b"
SOFT = "#4c5b60"
Point = tuple[float, float]


class Pen:
    """Lines, shapes and texts on *canvas*; text sizes are points, everything else is millimetres."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        face: str = PLAIN,
        align: Literal["left", "middle", "right"] = "left",
        colour: str = INK,
        upwards: bool = False,
    ) -> None:
        """One line whose base begins, has its middle or ends at (x, y); *upwards*: turned to be read from below."""
        shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[align] * width_of(text, face, size)
        self.canvas.saveState()
        self.canvas.setFont(face, size)
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.translate(x * MM, y * MM)
        if upwards:
            self.canvas.rotate(90)
        self.canvas.drawString(-shift, 0, text)
        self.canvas.restoreState()

    def lines(self, points: Iterable[tuple[Point, Point]], width: float, colour: str = INK) -> None:
        """Straight lines, each from one point to another."""
        self.canvas.saveState()
        self.canvas.setLineWidth(width * MM)
        self.canvas.setStrokeColor(HexColor(colour))
        for (x1, y1), (x2, y2) in points:
            self.canvas.line(x1 * MM, y1 * MM, x2 * MM, y2 * MM)
        self.canvas.restoreState()

    def box(self, part: Part, width: float, colour: str = INK) -> None:
        """The outline of *part*."""
        self.shape(_corners(part), stroke=colour, width=width)

    def shape(
        self,
        points: Iterable[Point],
        *,
        fill: str | None = None,
        fill_opacity: float = 1.0,
        stroke: str | None = None,
        width: float = 0.2,
        dash: Iterable[float] = (),
        closed: bool = True,
    ) -> None:
        path = self.canvas.beginPath()
        first, *others = points
        path.moveTo(first[0] * MM, first[1] * MM)
        for x, y in others:
            path.lineTo(x * MM, y * MM)
        if closed:
            path.close()
        with self._painted(fill, fill_opacity, stroke, width, dash):
            self.canvas.drawPath(path, stroke=int(stroke is not None), fill=int(fill is not None))

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        *,
        fill: str | None,
        fill_opacity: float,
        stroke: str | None,
        width: float,
    ) -> None:
        with self._painted(fill, fill_opacity, stroke, width, ()):
            has = {"stroke": int(stroke is not None), "fill": int(fill is not None)}
            self.canvas.circle(x * MM, y * MM, radius * MM, **has)

    @contextmanager
    def within(self, part: Part) -> Iterator[None]:
        """Whatever is drawn meanwhile is cut off at the edges of *part*."""
        self.canvas.saveState()
        path = self.canvas.beginPath()
        path.rect(*(value * MM for value in part))
        self.canvas.clipPath(path, stroke=0)
        yield
        self.canvas.restoreState()

    @contextmanager
    def _painted(
        self, fill: str | None, opacity: float, stroke: str | None, width: float, dash: Iterable[float]
    ) -> Iterator[None]:
        self.canvas.saveState()
        if fill is not None:
            red, green, blue = HexColor(fill).rgb()
            self.canvas.setFillColor(Color(red, green, blue, opacity))
        if stroke is not None:
            self.canvas.setStrokeColor(HexColor(stroke))
            self.canvas.setLineWidth(width * MM)
            self.canvas.setLineJoin(1)
            self.canvas.setDash([length * MM for length in dash])
        yield
        self.canvas.restoreState()


def _corners(part: Part) -> list[Point]:
    return [(part.left, part.bottom), (part.right, part.bottom), (part.right, part.top), (part.left, part.top)]
