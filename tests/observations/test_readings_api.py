"""Readings over REST: who may send them, what becomes of each, and a station's history."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from gis.access.models import Grant, User
from gis.actions.models import Record
from gis.live.models import Event
from gis.observations.models import Reading, Station
from gis.web.api import observations
from support.features import read

READINGS = "/api/observations/readings"
HISTORY = "/api/observations/stations/API-1/readings"
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def stations(db: None) -> None:
    for code, commune in (("API-1", "06685"), ("API-2", "06712")):
        Station.objects.create(
            code=code, name=code, kind="level", commune_id=commune, position=Point(107.1, 20.95), source="test"
        )


def observer(commune: str | None = "06685") -> Client:
    user = User.objects.create_user("quan.trac")
    Grant.objects.create(user=user, role="observer", commune_id=commune, valid_from="2020-01-01")
    client = Client()
    client.force_login(user)
    return client


def reading(minutes_ago: int = 5, **changed: Any) -> dict[str, Any]:
    time = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    return {"station": "API-1", "quantity": "level", "time": time, "value": 1.25, **changed}


def post(client: Client, *readings: Any, **changed: Any) -> Any:
    body = {"source": "test", "readings": list(readings), **changed}
    return client.post(READINGS, body, content_type="application/json")


def counts(answer: Any) -> tuple[int, ...]:
    assert answer.status_code == 200, answer.content
    return tuple(answer.json()[name] for name in ("new", "changed", "unchanged", "refused"))


def test_a_batch_is_stored_once_however_often_it_comes(stations: None) -> None:
    client = observer()
    batch = [reading(minute) for minute in range(60)]
    assert counts(post(client, *batch)) == (60, 0, 0, 0)
    events, records = Event.objects.count(), Record.objects.count()
    assert counts(post(client, *batch)) == (0, 0, 60, 0)
    assert (Event.objects.count(), Record.objects.count()) == (events, records)
    assert counts(post(client, reading(0, value="2.5"), reading(61))) == (1, 1, 0, 0)
    assert read(client, "/ogc/collections/gauges/items/API-1")["properties"]["level"] == 2.5
    assert Record.objects.filter(target="station:API-1").latest("id").actor.username == "quan.trac"


def test_each_refused_row_is_told_and_the_others_are_stored(stations: None) -> None:
    wrong: list[tuple[Any, str | None]] = [
        ("no object", None),
        (reading(value=None), "value"),
        (reading(value=True), "value"),
        (reading(value=101), "value"),
        (reading(value="NaN"), "value"),
        (reading(value="1\0"), "value"),
        (reading(time="2024-09-07T13:05:00"), "time"),
        (reading(time="2024-13-45T00:00:00Z"), "time"),
        (reading(time=7), "time"),
        (reading(minutes_ago=-60), "time"),
        (reading(station="NONE"), "station"),
        (reading(quantity="snow"), "quantity"),
        (reading(quantity="rain"), "minutes"),
        (reading(minutes="10"), "minutes"),
        (reading(unit="cm"), "unit"),
        (reading(colour="red"), "colour"),
    ]
    answer = post(observer(), reading(1), *(row for row, _field in wrong), reading(2))
    assert counts(answer) == (2, 0, 0, len(wrong))
    told = answer.json()["refusals"]
    assert [(one["row"], one["field"]) for one in told] == [(at, field) for at, (_row, field) in enumerate(wrong, 1)]
    assert all(one["detail"] and one["status"] == 422 for one in told)
    assert Reading.objects.filter(station__code="API-1").count() == 2


def test_observers_send_for_their_areas_alone(stations: None) -> None:
    answer = post(observer("06685"), reading(), reading(station="API-2"))
    assert counts(answer) == (1, 0, 0, 1)
    (refusal,) = answer.json()["refusals"]
    assert (refusal["row"], refusal["status"]) == (1, 403)
    assert not Reading.objects.filter(station__code="API-2").exists()


@pytest.mark.parametrize(("username", "status"), [("", 401), ("leader", 403), ("admin", 403), ("land.halong", 403)])
def test_nobody_else_sends_any(stations: None, username: str, status: int) -> None:
    client = Client()
    if username:
        client.force_login(User.objects.get(username=username))
    assert post(client, reading()).status_code == status
    assert not Reading.objects.filter(station__code="API-1").exists()


def test_a_signed_in_session_needs_its_token_too(stations: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="duty"))
    assert post(client, reading()).status_code == 403


@pytest.mark.parametrize("body", [[], {}, {"readings": {}}, {"readings": []}, {"source": 3, "readings": []}, "x"])
def test_a_body_without_source_and_list_is_refused(stations: None, body: Any) -> None:
    answer = observer().post(READINGS, body, content_type="application/json")
    assert answer.status_code in (400, 422) and answer["Content-Type"].startswith("application/problem+json")


def test_too_many_at_once_are_refused_before_any_is_looked_at(stations: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observations, "MOST_READINGS", 3)
    assert post(observer(), *(reading(minute) for minute in range(4))).status_code == 413
    assert not Reading.objects.filter(station__code="API-1").exists()


def test_the_history_is_read_page_by_page_newest_first(stations: None, client: Client) -> None:
    batch = [reading(minute) for minute in range(10)]
    batch += [reading(minute, quantity="rain", minutes=10, value=3) for minute in range(10)]
    post(observer(), *batch)
    seen: list[Any] = []
    address: str | None = f"{HISTORY}?limit=5"
    while address:
        page = read(client, address)
        assert 0 < len(page["readings"]) <= 5
        seen += page["readings"]
        address = page["next"]
    assert len(seen) == 20 and [one["time"] for one in seen] == sorted((one["time"] for one in seen), reverse=True)
    assert len({(one["time"], one["quantity"]) for one in seen}) == 20
    rain = read(client, HISTORY, quantity="rain", since=(NOW - timedelta(minutes=3)).isoformat())["readings"]
    assert len(rain) == 4
    assert {(one["value"], one["unit"], one["minutes"]) for one in rain} == {(3.0, "mm", 10)}


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=2", 400), ("limit=x", 400), ("quantity=snow", 400), ("since=gestern", 400), ("before=2024-09-07", 400)],
)
def test_what_a_history_cannot_be_narrowed_by_is_refused(
    stations: None, client: Client, query: str, status: int
) -> None:
    assert client.get(f"{HISTORY}?{query}").status_code == status
    assert client.get("/api/observations/stations/NONE/readings").status_code == 404
