"""Declared styles become Mapnik's XML, every text of it escaped."""

from xml.etree import ElementTree

import pytest

from gis.layers import Label, Rule, Style
from gis.maps.drawing.stylesheets import sheet_of


def parsed(style: Style, geometry_type: str = "Polygon") -> ElementTree.Element:
    return ElementTree.fromstring(sheet_of(style, geometry_type, "layer/style").xml)


def filters(style: Style) -> list[str | None]:
    return [found.text for found in parsed(style).iter("Filter")]


def test_fills_lie_below_outlines_so_that_neighbours_do_not_cover_them() -> None:
    style = Style("s", "S", (Rule("a", fill="#ff0000", stroke="#000000"), Rule("b", fill="#00ff00")))
    sheet = sheet_of(style, "Polygon", "layer/style")
    assert sheet.shapes == ("layer/style:fill", "layer/style:stroke")
    assert sheet.labels == ()


def test_a_value_is_compared_as_a_text_or_a_number() -> None:
    style = Style("s", "S", (Rule("a", ("x", "y"), fill="#ff0000"), Rule("b", (3,), fill="#00ff00")), field="kind")
    assert filters(style) == ["([kind] = 'x') or ([kind] = 'y')", "([kind] = 3)"]


def test_quotes_and_markup_in_values_stay_inside_their_quotes() -> None:
    style = Style("s", "S", (Rule("a", ("it's", "back\\slash", "<b>&amp;"), fill="#ff0000"),), field="kind")
    assert filters(style) == ["([kind] = 'it\\'s') or ([kind] = 'back\\\\slash') or ([kind] = '<b>&amp;')"]


def test_a_rule_without_values_takes_what_no_other_rule_names() -> None:
    style = Style("s", "S", (Rule("a", ("x",), fill="#ff0000"), Rule("b", fill="#00ff00")), field="kind")
    assert filters(style)[1] == "not (([kind] = 'x'))"


def test_a_field_with_brackets_in_its_name_is_refused() -> None:
    with pytest.raises(ValueError, match="drawn field"):
        parsed(Style("s", "S", (Rule("a", ("x",), fill="#ff0000"),), field="a] = 1 or [b"))
    with pytest.raises(ValueError, match="drawn field"):
        parsed(Style("s", "S", (), labels=(Label("../../etc/passwd"),)))


def test_scale_limits_stand_before_the_symbol() -> None:
    rule = next(parsed(Style("s", "S", (Rule("a", fill="#ff0000", max_scale=5000, min_scale=100),))).iter("Rule"))
    assert [child.tag for child in rule] == [
        "MinScaleDenominator",
        "MaxScaleDenominator",
        "PolygonSymbolizer",
    ]


@pytest.mark.parametrize("marker", [None, "circle", "square", "triangle", "diamond"])
def test_points_are_drawn_as_markers_from_our_own_files(marker: str | None) -> None:
    rule = Rule("a", fill="#ff0000", stroke="#000000", marker=marker, size=20)  # type: ignore[arg-type]
    style = Style("s", "S", (rule,))
    symbol = next(parsed(style, "Point").iter("MarkersSymbolizer"))
    assert symbol.attrib["file"].endswith(f"markers/{marker or 'circle'}.svg")
    assert "[" not in symbol.attrib["file"]
    assert symbol.attrib["stroke-width"] == "0.5"


@pytest.mark.parametrize(
    ("geometry_type", "placement", "expected"),
    [("Polygon", "point", "interior"), ("LineString", "line", "line"), ("Point", "point", "point")],
)
def test_labels_lie_inside_along_or_beside_their_feature(geometry_type: str, placement: str, expected: str) -> None:
    label = Label("name", placement=placement)  # type: ignore[arg-type]
    style = Style("s", "S", (Rule("a", stroke="#000000"),), labels=(label,))
    text = next(parsed(style, geometry_type).iter("TextSymbolizer"))
    assert (text.attrib["placement"], text.text) == (expected, "[name]")
