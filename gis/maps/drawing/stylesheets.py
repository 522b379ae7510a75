"""Declared styles as Mapnik's XML.

Built as a tree and serialised, so that every text is escaped; only what a domain declared in its `layers.py`
comes in, never a value of a request. Fills, outlines, markers and labels are styles of their own, so that a
neighbour's fill does not cover half an outline.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from gis.layers import Label, Rule, Style

FONT, SLANTED = "DejaVu Sans Book", "DejaVu Sans Oblique"
"""They come with the mapnik wheel and have every Vietnamese letter with its stacked marks."""
MARKERS = Path(__file__).parent / "markers"
MARKER_SIDE = 10
"""Side of the marker drawings; Mapnik scales their outline with them."""
STANDING = {"over": "middle", "above": "top", "below": "bottom"}
"""Mapnik's words for where a text stands that does not move from its point."""
AROUND = "E,W,N,S,NE,SE,NW,SW"
"""Where a point's label may go, best first."""

Symbol = Callable[[Rule], Element | None]


class Sheet(NamedTuple):
    """XML of a map that holds styles only, and their names in drawing order."""

    xml: str
    shapes: tuple[str, ...]
    labels: tuple[str, ...]


def sheet_of(style: Style, geometry_type: str, name: str, whole_labels: bool = False) -> Sheet:
    """The styles that draw *style* over features of *geometry_type*; their names begin with *name*.

    With *whole_labels* a text is left out where it would reach over the map's margin.
    """
    root = Element("Map")
    shapes = []
    for part, symbol in symbols_for(geometry_type).items():
        styled = _styled(f"{name}:{part}", style, symbol)
        if len(styled):
            root.append(styled)
            shapes.append(styled.attrib["name"])
    labels = []
    for number, label in enumerate(style.labels):
        labelled = _labelled(f"{name}:label{number}", style, label, geometry_type)
        if whole_labels:
            for words in labelled.iter("TextSymbolizer"):
                words.set("avoid-edges", "true")
        root.append(labelled)
        labels.append(f"{name}:label{number}")
    return Sheet(ElementTree.tostring(root, encoding="unicode"), tuple(shapes), tuple(labels))


def symbols_for(geometry_type: str) -> dict[str, Symbol]:
    """What is drawn of one rule, from the bottom up."""
    if geometry_type == "Point":
        return {"marker": marker}
    if geometry_type == "LineString":
        return {"stroke": stroke, "marker": marker_where_declared}
    return {"fill": fill, "stroke": stroke, "marker": marker_where_declared}


def fill(rule: Rule) -> Element | None:
    if rule.fill is None:
        return None
    return Element("PolygonSymbolizer", {"fill": rule.fill, "fill-opacity": f"{rule.fill_opacity:g}"})


def stroke(rule: Rule) -> Element | None:
    if rule.stroke is None:
        return None
    line = Element(
        "LineSymbolizer",
        {
            "stroke": rule.stroke,
            "stroke-width": f"{rule.stroke_width:g}",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt" if rule.dash else "round",
        },
    )
    if rule.dash:
        line.set("stroke-dasharray", ", ".join(f"{length:g}" for length in rule.dash))
    return line


def marker(rule: Rule) -> Element:
    size = f"{rule.size:g}"
    return Element(
        "MarkersSymbolizer",
        {
            "file": str(MARKERS / f"{rule.marker or 'circle'}.svg"),
            "width": size,
            "height": size,
            "fill": rule.fill or "transparent",
            "fill-opacity": f"{rule.fill_opacity if rule.fill else 0:g}",
            "stroke": rule.stroke or "transparent",
            "stroke-width": f"{rule.stroke_width * MARKER_SIDE / rule.size if rule.stroke else 0:g}",
            "allow-overlap": "true",
        },
    )


def marker_where_declared(rule: Rule) -> Element | None:
    return marker(rule) if rule.marker else None


def text(expression: str, size: float, colour: str, halo: str = "", **attributes: str) -> Element:
    """A text symbolizer for *expression*, an attribute in brackets."""
    symbol = Element("TextSymbolizer", {"face-name": FONT, "size": f"{size:g}", "fill": colour, **attributes})
    if halo:
        symbol.set("halo-fill", halo)
        symbol.set("halo-radius", "1.2")
    symbol.text = expression
    return symbol


def column(name: str) -> str:
    """A field in Mapnik's expressions."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"{name!r} cannot be the name of a drawn field.")
    return f"[{name}]"


def _styled(name: str, style: Style, symbol: Symbol) -> Element:
    styled = Element("Style", {"name": name})
    for rule in style.rules:
        drawn = symbol(rule)
        if drawn is not None:
            element = SubElement(styled, "Rule")
            _limit(element, rule.min_scale, rule.max_scale)
            if condition := _condition(style, rule):
                SubElement(element, "Filter").text = condition
            element.append(drawn)
    return styled


def _limit(element: Element, min_scale: float | None, max_scale: float | None) -> None:
    if min_scale is not None:
        SubElement(element, "MinScaleDenominator").text = f"{min_scale:.12g}"
    if max_scale is not None:
        SubElement(element, "MaxScaleDenominator").text = f"{max_scale:.12g}"


def _condition(style: Style, rule: Rule) -> str:
    """Mapnik's expression for the rule's values; every value that no other rule names where it has none.

    Not an ElseFilter: that would also catch what another rule names but does not draw at this scale.
    """
    if style.field is None:
        return ""
    if rule.values:
        return _any_of(style.field, rule.values)
    named = [value for other in style.rules for value in other.values]
    return f"not ({_any_of(style.field, named)})" if named else ""


def _any_of(field: str, values: Iterable[str | int]) -> str:
    return " or ".join(f"({column(field)} = {_literal(value)})" for value in dict.fromkeys(values))


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return str(int(value))
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _labelled(name: str, style: Style, label: Label, geometry_type: str) -> Element:
    """A style with the one text: inside polygons, along lines, beside or at points."""
    styled = Element("Style", {"name": name})
    rule = SubElement(styled, "Rule")
    _limit(rule, label.min_scale, label.max_scale)
    if label.values and style.field:
        SubElement(rule, "Filter").text = _any_of(style.field, label.values)
    symbol = text(
        column(label.field),
        label.size,
        label.colour,
        label.halo,
        **_placed(label, geometry_type, _marker_size(style, geometry_type)),
    )
    if label.italic:
        symbol.set("face-name", SLANTED)
    if label.always:
        symbol.set("allow-overlap", "true")
    rule.append(symbol)
    return styled


def _placed(label: Label, geometry_type: str, clearance: float) -> dict[str, str]:
    if label.placement == "line":
        return {"placement": "line", "spacing": "400"}
    if label.placement in STANDING:
        return {"placement": "point", "vertical-alignment": STANDING[label.placement]}
    if geometry_type == "Polygon":
        return {"placement": "interior", "wrap-width": "96"}
    beside = f"{clearance / 2 + 3:g}"
    return {
        "placement": "point",
        "placement-type": "simple",
        "placements": AROUND,
        "dx": beside,
        "dy": beside,
    }


def _marker_size(style: Style, geometry_type: str) -> float:
    return max((rule.size for rule in style.rules), default=0) if geometry_type == "Point" else 0
