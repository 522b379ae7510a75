"""Orders for pictures that need no database: texts, and rows of symbols with their titles.

Positions are pixels from the lower left corner.
"""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from gis.layers import Rule
from gis.maps.drawing.stylesheets import symbols_for, text

TEXT_COLOUR = "#222222"
TEXT_SIZE = 11


def sketch(sheet: Element, shapes: list[dict[str, Any]], *, scale_factor: float = 1.0, crop: int = 0) -> dict[str, Any]:
    """An order of *shapes* ({"wkt", "text", "styles"}); *crop*: pixels left free to the right of them."""
    return {
        "do": "sketch",
        "sheet": ElementTree.tostring(sheet, encoding="unicode"),
        "shapes": shapes,
        "scale_factor": scale_factor,
        "crop": crop,
    }


def text_sketch(message: str, width: int, height: int) -> dict[str, Any]:
    """*message* in the middle of a picture of this size."""
    sheet = Element("Map")
    wrap = str(max(width - 16, 16))
    _styled(
        sheet,
        "text",
        text(
            "[text]",
            TEXT_SIZE,
            "#a00000",
            "#ffffff",
            **{"allow-overlap": "true", "wrap-width": wrap, "wrap-before": "true"},
        ),
    )
    shapes = [{"wkt": f"POINT ({width / 2} {height / 2})", "text": message, "styles": ["text"]}] if message else []
    return sketch(sheet, shapes)


def row_sketch(
    rows: list[tuple[Rule, str]],
    geometry_type: str,
    swatch: tuple[int, int],
    row_height: int,
    footer: str = "",
    footer_height: int = 0,
) -> dict[str, Any]:
    """One row for each rule, from the top: its symbol in a *swatch* (width, height), then its title; at last *footer*.

    *footer_height* is free below the rows where there is a footer.
    """
    sheet = Element("Map")
    beside = {"allow-overlap": "true", "horizontal-alignment": "right", "vertical-alignment": "middle"}
    _styled(sheet, "title", text("[text]", TEXT_SIZE, TEXT_COLOUR, **beside))
    width, height = swatch
    shapes = []
    foot = footer_height if footer else 0
    for number, (rule, title) in enumerate(rows):
        middle = foot + (len(rows) - number - 0.5) * row_height
        names = _symbol_styles(sheet, str(number), rule, geometry_type)
        shapes.append({"wkt": sample(geometry_type, 4, middle, width, height), "text": "", "styles": names})
        shapes.append({"wkt": f"POINT ({width + 12} {middle})", "text": title, "styles": ["title"]})
    if footer:
        shapes.append({"wkt": f"POINT (4 {foot / 2})", "text": footer, "styles": ["title"]})
    return sketch(sheet, shapes, crop=6)


def sample(geometry_type: str, left: float, middle: float, width: float, height: float) -> str:
    """A geometry of this type that shows a symbol well in a box that begins at *left* around *middle*."""
    right, low, high = left + width, middle - height / 2 + 1, middle + height / 2 - 1
    if geometry_type == "Point":
        return f"POINT ({left + width / 2} {middle})"
    if geometry_type == "LineString":
        return f"LINESTRING ({left} {middle}, {right} {middle})"
    return f"POLYGON (({left} {low}, {right} {low}, {right} {high}, {left} {high}, {left} {low}))"


def _symbol_styles(sheet: Element, name: str, rule: Rule, geometry_type: str) -> list[str]:
    """The rule's symbols as styles without conditions."""
    names = []
    for part, symbol in symbols_for(geometry_type).items():
        if (drawn := symbol(rule)) is not None:
            names.append(f"{name}:{part}")
            _styled(sheet, names[-1], drawn)
    return names


def _styled(sheet: Element, name: str, symbol: Element) -> None:
    SubElement(SubElement(sheet, "Style", {"name": name}), "Rule").append(symbol)
