"""Readings: any order, any number of times; what is shown is the newest by its own time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis.access.viewer import SERVICE
from gis.actions.models import Record
from gis.actions.record_readings import NewReading, record_readings
from gis.live.models import Event
from gis.observations.models import Reading, Station
from gis.problems import Forbidden, Invalid, SignInNeeded
from support.features import read

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def clock() -> None:
    """Each test has a now of its own: it may run long after this file was read."""
    global NOW
    NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def station(db: None) -> Station:
    from django.contrib.gis.geos import Point

    place = Point(107.1, 20.95, srid=4326)
    return Station.objects.create(
        code="TEST-G", name="Trạm thử", kind="level", commune_id="06685", position=place, source="test"
    )


def level(minutes_ago: float, value: Any, **more: Any) -> NewReading:
    return NewReading("TEST-G", "level", NOW - timedelta(minutes=minutes_ago), value, **more)


def fates(*readings: NewReading) -> tuple[str, ...]:
    return record_readings(SERVICE, readings, source="test").fates


def shown(client: Client) -> Any:
    return read(client, "/ogc/collections/gauges/items/TEST-G")["properties"]


def test_a_late_reading_is_kept_and_the_newest_still_shown(station: Station, client: Client) -> None:
    assert fates(level(5, "1.50"), level(65, "1.20")) == ("new", "new")
    assert fates(level(30, "1.40")) == ("new",)
    told = shown(client)
    assert (told["level"], told["freshness"], told["rain"]) == (1.5, "fresh", None)
    assert 5 <= told["age_minutes"] <= 7
    assert station.readings.count() == 3


def test_a_station_is_late_and_then_silent(station: Station, client: Client) -> None:
    assert shown(client)["freshness"] == "silent"
    fates(level(48 * 60, 1))
    assert shown(client)["freshness"] == "silent"
    fates(level(180, 1))
    assert shown(client)["freshness"] == "late"


def test_the_same_readings_twice_change_nothing(station: Station) -> None:
    batch = [level(minutes, minutes / 100) for minutes in range(1, 60)]
    fates(*batch)
    records, events = Record.objects.count(), Event.objects.count()
    assert set(fates(*batch)) == {"unchanged"}
    assert (Record.objects.count(), Event.objects.count()) == (records, events)
    assert fates(level(7, 9)) == ("changed",)
    assert Reading.objects.filter(station=station).count() == 59
    assert Record.objects.filter(target="station:TEST-G").latest("id").changes == {"readings": [None, {"changed": 1}]}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": "NaN"}, "value"),
        ({"value": 101}, "value"),
        ({"unit": "cm"}, "unit"),
        ({"quantity": "snow"}, "quantity"),
        ({"quantity": "rain"}, "minutes"),
        ({"minutes": 10}, "minutes"),
        ({"time": NOW + timedelta(hours=1)}, "time"),
        ({"time": NOW.replace(tzinfo=None)}, "time"),
        ({"station": "NONE"}, "station"),
    ],
)
def test_a_wrong_reading_is_refused_by_row_and_field_and_nothing_is_stored(
    station: Station, changed: dict[str, Any], field: str
) -> None:
    told = {"station": "TEST-G", "quantity": "level", "time": NOW, "value": 1, **changed}
    with pytest.raises(Invalid) as refusal:
        fates(level(5, 1), NewReading(**told))
    assert refusal.value.field == f"readings[1].{field}"
    assert not station.readings.exists()


def test_observers_alone_record(station: Station, viewer: Any) -> None:
    assert record_readings(viewer("duty"), [level(5, 1)], source="test").fates == ("new",)
    with pytest.raises(Forbidden):
        record_readings(viewer("leader"), [level(6, 1)], source="test")
    with pytest.raises(SignInNeeded):
        record_readings(viewer("duty").public(), [level(7, 1)], source="test")
