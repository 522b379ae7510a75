"""Lines of an ATCF b-deck, right and wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from disaster.science.atcf import BadLine, Line, merged, parse_line, season, storms

LANDFALL = (
    "WP, 12, 2024090706,   , BEST,   0, 209N, 1071E, 110,  943, TY,  34, NEQ,  150,  145,  155,  135, 1004,"
    "  200,  15,   0,   0,   W,   0,    ,   0,   0,       YAGI, D, "
)
FIFTY = LANDFALL.replace(" 34, NEQ,  150,  145,  155,  135", " 50, NEQ,   85,   80,   85,   75")


def line(**changed: str) -> str:
    """The landfall of Yagi with other values in the named columns."""
    columns = "basin number time minutes technique tau lat lon wind pressure stage threshold code ne se sw nw"
    cells = LANDFALL.split(",")
    for name, value in changed.items():
        cells[columns.split().index(name)] = f" {value}"
    return ",".join(cells)


def test_a_line_is_read_with_its_units() -> None:
    assert parse_line(LANDFALL) == Line(
        basin="WP",
        number=12,
        time=datetime(2024, 9, 7, 6, tzinfo=UTC),
        lon=107.1,
        lat=20.9,
        wind_kt=110,
        pressure_hpa=943,
        kind="TY",
        name="YAGI",
        threshold_kt=34,
        radii=(150, 145, 155, 135),
    )


def test_south_and_west_are_negative() -> None:
    read = parse_line(line(lat="125S", lon="1795W"))
    assert (read.lat, read.lon) == (-12.5, -179.5)


@pytest.mark.parametrize(
    ("column", "name"), [("wind", "wind_kt"), ("pressure", "pressure_hpa"), ("threshold", "radii")]
)
@pytest.mark.parametrize("blank", ["0", ""])
def test_zero_and_blank_mean_unknown(column: str, name: str, blank: str) -> None:
    assert getattr(parse_line(line(**{column: blank})), name) is None


def test_a_blank_quadrant_is_unknown_and_a_zero_is_none() -> None:
    assert parse_line(line(se="", sw="0")).radii == (150, None, 0, 135)


def test_a_full_circle_reaches_as_far_all_round() -> None:
    assert parse_line(line(code="AAA", se="0", sw="0", nw="0")).radii == (150, 150, 150, 150)


def test_minutes_are_read() -> None:
    assert parse_line(line(minutes="30")).time.minute == 30


@pytest.mark.parametrize("word", ["INVEST", "TWELVE", "TWENTY-ONE", "GENESIS01"])
def test_a_number_in_words_is_no_name(word: str) -> None:
    assert parse_line(LANDFALL.replace("YAGI", word)).name == ""


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"basin": "XX"}, "basin"),
        ({"number": "twelve"}, "number"),
        ({"number": "0"}, "number"),
        ({"time": "2024093106"}, "time"),
        ({"time": "20240907"}, "time"),
        ({"minutes": "75"}, "minutes"),
        ({"technique": "OFCL"}, "technique"),
        ({"tau": "24"}, "tau"),
        ({"lat": "950N"}, "latitude"),
        ({"lat": "20.9"}, "latitude"),
        ({"lat": "209E"}, "latitude"),
        ({"lon": "1801E"}, "longitude"),
        ({"lon": ""}, "longitude"),
        ({"wind": "999"}, "wind"),
        ({"wind": "-5"}, "wind"),
        ({"wind": "strong"}, "wind"),
        ({"pressure": "94"}, "pressure"),
        ({"stage": "typhoon"}, "stage"),
        ({"threshold": "35"}, "threshold"),
        ({"code": "NE"}, "quadrant code"),
        ({"sw": "9999"}, "radius"),
    ],
)
def test_a_wrong_value_is_named_by_its_column(changed: dict[str, str], column: str) -> None:
    with pytest.raises(BadLine) as fault:
        parse_line(line(**changed))
    assert fault.value.column == column
    assert fault.value.value in (next(iter(changed.values())), "TYPHOON")


@pytest.mark.parametrize("text", ["time,lat,lon", "WP, 12, 2024", "hello", ";".join("abc")])
def test_something_else_is_not_taken_for_a_line(text: str) -> None:
    with pytest.raises(BadLine) as fault:
        parse_line(text)
    assert fault.value.column == "line"


def outcomes(*texts: str) -> list[Any]:
    rows = [(number, parse_line(text)) for number, text in enumerate(texts, 1)]
    return [outcome for storm in storms(rows) for _number, outcome in merged(storm)]


def test_the_thresholds_of_one_time_are_one_fix() -> None:
    first, second = outcomes(LANDFALL, FIFTY)
    assert first is second
    assert first.radii == {34: (150, 145, 155, 135), 50: (85, 80, 85, 75)}


@pytest.mark.parametrize(
    ("changed", "column"),
    [({"lat": "210N"}, "latitude"), ({"lon": "1072E"}, "longitude"), ({"wind": "100"}, "wind"),
     ({"pressure": "940"}, "pressure"), ({"stage": "TS"}, "stage"), ({"ne": "10"}, "radius")],
)  # fmt: skip
def test_a_row_that_contradicts_an_earlier_one_is_told_with_both_values(changed: dict[str, str], column: str) -> None:
    _fix, fault = outcomes(LANDFALL, line(**changed))
    assert isinstance(fault, BadLine)
    assert (fault.column, fault.expected) == (column, "same")
    assert fault.figures["time"] == "2024-09-07 06:00Z"


def test_the_same_row_twice_is_no_contradiction() -> None:
    first, second = outcomes(LANDFALL, LANDFALL)
    assert first is second


def test_a_storm_over_new_year_stays_one_of_the_season_it_began_in() -> None:
    rows = [(1, parse_line(line(time="2018123118"))), (2, parse_line(line(time="2019010100")))]
    (storm,) = storms(rows)
    assert season(storm[0][1]) == 2018


def test_the_same_number_in_two_years_is_two_storms() -> None:
    rows = [(1, parse_line(line(time="2023090706"))), (2, parse_line(line(time="2024090706")))]
    assert [season(storm[0][1]) for storm in storms(rows)] == [2023, 2024]


def test_the_southern_season_begins_in_july() -> None:
    assert season(parse_line(line(basin="SH", lat="209S", time="2023122000"))) == 2024
    assert season(parse_line(line(basin="SH", lat="209S", time="2024022000"))) == 2024
