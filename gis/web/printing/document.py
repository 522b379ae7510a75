"""A sheet as PDF: the map in its frame, and around it all that a reader of paper must know."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.pdfgen.canvas import Canvas

from gis.layers.credits import NOT_LEGAL, SEPARATOR, credit_line
from gis.web.printing import legend
from gis.web.printing.fonts import BOLD, PLAIN, TITLE, balanced, load, wrapped
from gis.web.printing.grid import Window, bar_of, convergence
from gis.web.printing.legend import Entry, Manner, Row
from gis.web.printing.params import Order
from gis.web.printing.pen import INK, SOFT, Pen
from gis.web.printing.picture import put
from gis.web.printing.sheets import EDGE, GUTTER, MM, RING, Layout, Part, layout_of

INDOCHINA = timezone(timedelta(hours=7), "ICT")
TITLE_SIZES = ((15.0, 1), (12.5, 2), (10.5, 2), (9.0, 2), (8.0, 3))
"""Points, and how many lines of them the head of a sheet has room for."""
TICK = 1.6
CROSS = 3.0
"""Length of a grid cross, millimetres."""
GRID_SIZE = 5.8
GRID_BLUE = "#2b6c8f"
FREE_CORNER = 9.0
"""No grid figure within so many millimetres of the frame's corners: two would meet there."""
BAR_HEIGHT = 1.7
ARROW = 15.0


@dataclass(frozen=True)
class Sheet:
    """What one document holds beside its picture. *printed_by*: a name, empty where nobody is signed in."""

    order: Order
    entries: list[Entry]
    printed_at: datetime
    printed_by: str

    @property
    def layout(self) -> Layout:
        return layout_of(self.order.paper, self.order.orientation)

    @property
    def window(self) -> Window:
        return window_of(self.order)


def window_of(order: Order) -> Window:
    """What of the ground *order* shows, and where on its sheet."""
    return Window(layout_of(order.paper, order.orientation).map, order.east, order.north, order.scale)


def pdf_of(sheet: Sheet, png: bytes) -> bytes:
    """The document, in the active language; *png* is the picture of the sheet's window.

    What has no room in the legend follows on further pages of the same size.
    """
    load()
    file = io.BytesIO()
    layout = sheet.layout
    canvas = Canvas(
        file, pagesize=(layout.width * MM, layout.height * MM), lang=sheet.order.language, pdfVersion=(1, 7)
    )
    describe(canvas, sheet)
    pen = Pen(canvas)
    put(canvas, png, layout.map)
    draw_grid(pen, sheet.window, sheet.order.grid)
    draw_frame(pen, sheet.window, layout)
    draw_title(pen, sheet.order.title, layout.head)
    draw_notes(pen, sheet)
    room = legend_room(layout.legend)
    manner = legend.fitting(sheet.entries, room, layout.lettering)
    blocks = legend.rows_of(sheet.entries, legend.columns_of(room)[0].width, manner)
    rest = draw_legend(pen, blocks, layout.legend, manner)
    draw_foot(pen, sheet, layout.foot)
    canvas.showPage()
    while rest:
        rest = draw_more_legend(pen, sheet, rest, manner)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def describe(canvas: Canvas, sheet: Sheet) -> None:
    """What readers of the file show about it; printing software is told not to shrink it to its margins."""
    order = sheet.order
    canvas.setTitle(order.title)
    canvas.setAuthor("Halong")
    canvas.setCreator("Halong")
    canvas.setSubject(f"{scale_words(order.scale)}, {order.paper}, {grid_name()}. {NOT_LEGAL}.")
    canvas.setKeywords([str(layer.title) for layer, _style in order.layers])
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def draw_title(pen: Pen, title: str, head: Part) -> None:
    """The title in the largest letters that it has room in, over a rule across the sheet."""
    for size, count in TITLE_SIZES:
        lines = balanced(title, TITLE, size, head.width * MM)
        if len(lines) <= count:
            break
    step = size * 1.22 / MM
    block = (len(lines) - 1) * step + size * 0.72 / MM
    base = head.bottom + GUTTER - 0.5 + (head.height - GUTTER - block) / 2 + (len(lines) - 1) * step
    for number, line in enumerate(lines):
        pen.text(head.left + head.width / 2, base - number * step, line, size, face=TITLE, align="middle")


def draw_grid(pen: Pen, window: Window, kind: str) -> None:
    """Grid lines over the map, or crosses where they meet."""
    part = window.part
    eastings, northings = window.eastings(), window.northings()
    with pen.within(part):
        if kind == "lines":
            pen.lines([((x.at, part.bottom), (x.at, part.top)) for x in eastings], 0.1, GRID_BLUE)
            pen.lines([((part.left, y.at), (part.right, y.at)) for y in northings], 0.1, GRID_BLUE)
        elif kind == "crosses":
            arm = CROSS / 2
            crosses = [
                line
                for x in eastings
                for y in northings
                for line in (((x.at - arm, y.at), (x.at + arm, y.at)), ((x.at, y.at - arm), (x.at, y.at + arm)))
            ]
            pen.lines(crosses, 0.45, "#ffffff")
            pen.lines(crosses, 0.13)


def draw_frame(pen: Pen, window: Window, layout: Layout) -> None:
    """The two frames, and between them the grid's ticks with their coordinates."""
    part, outer = window.part, layout.frame
    pen.box(part, 0.18)
    pen.box(outer.inset(0.35), 0.7)
    eastings, northings = window.eastings(), window.northings()
    pen.lines([((x.at, part.top), (x.at, part.top + TICK)) for x in eastings], 0.18)
    pen.lines([((x.at, part.bottom), (x.at, part.bottom - TICK)) for x in eastings], 0.18)
    pen.lines([((part.left, y.at), (part.left - TICK, y.at)) for y in northings], 0.18)
    pen.lines([((part.right, y.at), (part.right + TICK, y.at)) for y in northings], 0.18)
    room = RING - 0.7 - TICK
    points = GRID_SIZE * layout.lettering
    cap = points * 0.73 / MM
    off = TICK + (room - cap) / 2
    for x in eastings:
        if part.left + FREE_CORNER <= x.at <= part.right - FREE_CORNER:
            pen.text(x.at, part.top + off, metres_text(x.metres), points, align="middle")
            pen.text(x.at, part.bottom - off - cap, metres_text(x.metres), points, align="middle")
    for y in northings:
        if part.bottom + FREE_CORNER <= y.at <= part.top - FREE_CORNER:
            pen.text(part.left - off, y.at, metres_text(y.metres), points, align="middle", upwards=True)
            pen.text(part.right + off + cap, y.at, metres_text(y.metres), points, align="middle", upwards=True)


def draw_notes(pen: Pen, sheet: Sheet) -> None:
    """North, scale and the coordinate system, from the top of their part."""
    notes, window, large = sheet.layout.notes, sheet.window, sheet.layout.lettering
    size, line = 6.2 * large, 2.8 * large
    draw_arrow(pen, notes.left + 5.5, notes.top - ARROW - 3.6)
    left = notes.left + 16
    pen.text(left, notes.top - 3.2, _("Scale").upper(), size, colour=SOFT)
    pen.text(left, notes.top - 9.6, scale_words(window.scale), 15, face=BOLD)
    centimetre = _("1 cm on the map is %(length)s on the ground") % {"length": length_text(window.scale / 100)}
    for number, piece in enumerate(wrapped(centimetre, PLAIN, size, (notes.right - left) * MM)):
        pen.text(left, notes.top - 13.8 - number * line, piece, size, colour=SOFT)
    draw_bar(pen, window.scale, Part(notes.left + 1, notes.top - 27.5, notes.width - 7, BAR_HEIGHT))
    top = notes.top - 34
    for text in system_lines(window):
        for piece in wrapped(text, PLAIN, size, notes.width * MM):
            pen.text(notes.left, top, piece, size)
            top -= line
    pen.text(notes.left, top - 1.2, str(NOT_LEGAL), size + 1, face=BOLD, colour="#9a1c1c")


def system_lines(window: Window) -> list[str]:
    """The coordinate system, the grid and how it leans, each a line."""
    angle = convergence(window.east, window.north)
    return [
        grid_name(),
        _("Grid: X north, Y east, in metres, every %(length)s") % {"length": length_text(window.spacing)},
        _("Grid north; convergence at the centre %(angle)s") % {"angle": angle_text(angle)},
    ]


def draw_arrow(pen: Pen, x: float, bottom: float) -> None:
    """A needle to grid north, dark on its left side."""
    top, notch, half = bottom + ARROW, bottom + ARROW * 0.22, 3.1
    pen.shape([(x, top), (x - half, bottom), (x, notch)], fill=INK, stroke=INK, width=0.15)
    pen.shape([(x, top), (x + half, bottom), (x, notch)], fill="#ffffff", stroke=INK, width=0.15)
    pen.text(x, top + 0.9, pgettext("on the north arrow", "N"), 8.5, face=BOLD, align="middle")


def draw_bar(pen: Pen, scale: int, part: Part) -> None:
    """The scale bar, its first section split in two tones with the others, with metres or kilometres above it."""
    bar = bar_of(scale, part.width)
    step = bar.metres * 1000 / scale
    for number in range(bar.sections):
        section = Part(part.left + number * step, part.bottom, step, part.height)
        corners = [(section.left, section.bottom), (section.right, section.bottom), (section.right, section.top)]
        tone = INK if number % 2 == 0 else "#ffffff"
        pen.shape([*corners, (section.left, section.top)], fill=tone, stroke=INK, width=0.15)
    kilometres = bar.metres * bar.sections >= 2000
    for number in range(bar.sections + 1):
        value = number * bar.metres / (1000 if kilometres else 1)
        pen.text(part.left + number * step, part.top + 1.0, plain_number(value), 5.8, align="middle")
    unit = "km" if kilometres else "m"
    pen.text(part.left + bar.sections * step + 1.6, part.bottom + 0.1, unit, 5.8)


def draw_legend(pen: Pen, blocks: list[list[Row]], part: Part, manner: Manner) -> list[list[Row]]:
    """As much of the legend as *part* has room for, under its heading; the rest is given back."""
    if not blocks:
        return []
    pen.text(part.left, part.top - 2.9, _("Legend"), manner.size + 1.2, face=BOLD)
    placed, rest = legend.place(blocks, legend_room(part))
    legend.draw(pen, placed, manner)
    if rest:
        pen.text(part.right, part.top - 2.9, _("continued overleaf"), manner.size - 0.8, align="right", colour=SOFT)
    return rest


def legend_room(part: Part) -> Part:
    """What of *part* is left under the legend's heading."""
    return Part(part.left, part.bottom, part.width, part.height - 5.8)


def draw_more_legend(pen: Pen, sheet: Sheet, blocks: list[list[Row]], manner: Manner) -> list[list[Row]]:
    """A page of legend alone; what it has no room for either is given back."""
    head = sheet.layout.head
    draw_title(pen, sheet.order.title, head)
    return draw_legend(pen, blocks, Part(head.left, EDGE, head.width, head.bottom - EDGE), manner)


def draw_foot(pen: Pen, sheet: Sheet, foot: Part) -> None:
    """When and by whom it was printed, and whose data it shows, in letters small enough for all of it."""
    sources = credit_line(layer for layer, _style in sheet.order.layers)
    pen.text(foot.left, foot.bottom + 7.4, printed_text(sheet), 6.2)
    for size in (5.6, 5.0, 4.4, 3.8, 3.2):
        lines = wrapped(sources, PLAIN, size, foot.width * MM)
        step = size * 1.18 / MM
        if len(lines) * step <= 7.2:
            break
    for number, line in enumerate(lines):
        pen.text(foot.left, foot.bottom + 6.9 - (number + 1) * step, line, size, colour=SOFT)


def printed_text(sheet: Sheet) -> str:
    moment = sheet.printed_at.astimezone(INDOCHINA)
    when = _("Printed %(day)s at %(time)s (Indochina time)") % {
        "day": f"{moment:%d/%m/%Y}",
        "time": f"{moment:%H:%M}",
    }
    who = (
        _("printed by %(name)s") % {"name": sheet.printed_by}
        if sheet.printed_by
        else _("printed by a visitor who is not signed in")
    )
    return SEPARATOR.join((when, who, sheet.order.paper))


def grid_name() -> str:
    return _("VN-2000, central meridian 107°45′, 3° zone (EPSG:5899)")


def scale_words(scale: int) -> str:
    return f"1:{metres_text(scale)}"


def metres_text(value: int) -> str:
    """ "2 317 500"."""
    return f"{value:,}".replace(",", " ")


def length_text(metres: float) -> str:
    """ "250 m", "2,5 km", never broken between two lines."""
    return f"{plain_number(metres / 1000)}\u00a0km" if metres >= 1000 else f"{plain_number(metres)}\u00a0m"


def plain_number(value: float) -> str:
    """A number without zeros at its end, with the language's decimal sign."""
    return number_format(f"{value:.3f}".rstrip("0").rstrip("."))


def angle_text(degrees: float) -> str:
    """ "−0°14′": degrees and minutes, with a sign."""
    minutes = round(abs(degrees) * 60)
    sign = "" if minutes == 0 else "−" if degrees < 0 else "+"
    return f"{sign}{minutes // 60}°{minutes % 60:02d}′"
