"""Wind levels and storm classes: the same in the formulas, in the published table and in the database."""

import csv
import doctest
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from disaster.layers import CLASSES
from disaster.models import AVERAGING_MINUTES, Storm, StormFix
from disaster.science import beaufort
from disaster.science.beaufort import KNOT_MS, LOWER_BOUNDS_MS, level, level_of, storm_class, ten_minute_wind
from gis.environment import ROOT

FACTS = ROOT / "fixtures" / "facts"


def test_the_examples_of_the_documentation_are_true() -> None:
    failed, tried = doctest.testmod(beaufort)
    assert failed == 0 and tried >= 4


def test_the_levels_are_those_of_the_published_table() -> None:
    with (FACTS / "beaufort.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [float(row["ms_min"]) for row in table] == list(LOWER_BOUNDS_MS)
    for row in table:
        assert level(float(row["ms_min"])) == level(float(row["ms_max"])) == int(row["cap_beaufort"])


def test_the_classes_are_those_of_the_published_table() -> None:
    with (FACTS / "storm_classes.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    bounds = {storm_class(int(row["beaufort_min"])): row for row in table}
    assert list(bounds) == ["depression", "storm", "severe", "very_severe", "super"]
    for name, row in bounds.items():
        assert storm_class(int(row["beaufort_max"] or 17)) == name
        assert storm_class(int(row["beaufort_min"]) - 1) != name


@pytest.mark.parametrize(
    ("wind_ms", "of_level"),
    [(17.1, 7), (17.14, 7), (17.16, 8), (32.6, 11), (32.7, 12), (50.9, 15), (51.0, 16), (90, 17)],
)
def test_a_wind_at_the_edge_of_a_level_has_the_level_of_the_table(wind_ms: float, of_level: int) -> None:
    assert level(wind_ms) == of_level


def test_one_minute_winds_are_weaker_over_ten_minutes_by_the_factor_at_sea() -> None:
    assert ten_minute_wind(100, 1) == pytest.approx(93.0)
    assert ten_minute_wind(100, 10) == 100


@pytest.mark.parametrize("minutes", [2, 3])
def test_a_period_without_a_sourced_factor_has_no_level(minutes: int) -> None:
    assert ten_minute_wind(100, minutes) is None
    assert level_of(100, minutes) is None


def test_unknown_is_not_calm() -> None:
    assert level_of(None, None) is None
    assert level_of(0, 10) == 0


def test_the_database_gives_every_wind_the_level_and_class_of_the_formulas(db: None) -> None:
    storm = Storm.objects.create(basin="WP", season=1999, number=9)
    first = datetime(1999, 9, 1, tzinfo=UTC)
    told = [(wind, minutes) for minutes in AVERAGING_MINUTES for wind in range(251)]
    StormFix.objects.bulk_create(
        StormFix(
            storm=storm,
            time=first + timedelta(hours=hour),
            position=Point(110, 20, srid=4326),
            wind_kt=wind,
            wind_averaging_minutes=minutes,
            source="test",
        )
        for hour, (wind, minutes) in enumerate(told)
    )
    for fix in storm.fixes.all():
        expected = level_of(fix.wind_kt, fix.wind_averaging_minutes)
        assert (fix.beaufort, fix.wind_class) == (expected, "" if expected is None else storm_class(expected))


def test_every_class_has_its_words() -> None:
    assert {storm_class(number) for number in range(18)} == set(CLASSES)


def test_yagi_was_a_super_storm_by_the_vietnamese_scale() -> None:
    assert level(145 * KNOT_MS * 0.93) == 17
