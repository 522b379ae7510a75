"""Reporting where an asset is: who may, what is refused, what is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from disaster.actions.move_asset import Moved, Receiver, move_asset
from disaster.models import AssetPosition, RescueAsset
from gis.access.models import User
from gis.access.viewer import SERVICE, Viewer
from gis.actions.models import Record
from gis.live.models import Event
from gis.problems import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from support.disasters import HONG_GAI

BEGIN = datetime(2024, 9, 1, tzinfo=UTC)


def move(actor: Viewer = SERVICE, code: str = "TEST-1", minutes: float = 30, **changed: Any) -> Moved:
    """A report of the boat half an hour (or so many minutes) after the first, some kilometres on."""
    told = {"lon": 107.12345, "lat": 20.90123, "time": BEGIN + timedelta(minutes=minutes), "source": "test"}
    return move_asset(actor, code, **{**told, **changed})


def news() -> list[Event]:
    return list(Event.objects.filter(topic="assets", key="TEST-1").order_by("id"))


def test_position_history_and_event_are_one(boat: RescueAsset, viewer: Any) -> None:
    moved = move(viewer("team1"), receiver=Receiver(accuracy_m=8, speed_kt=12.5, course_deg=140))
    assert (moved.late, moved.implausible) == (False, False)
    assert moved.asset.position is not None and moved.asset.position.coords == (107.12345, 20.90123)
    stored = boat.positions.latest("time")
    assert (stored.accuracy_m, stored.speed_kt, stored.course_deg, stored.source) == (8, 12.5, 140, "test")
    record = Record.objects.filter(target="asset:TEST-1").latest("at", "id")
    assert (record.actor_name, record.commune) == ("team1", "06685")
    before, after = record.changes["position"]
    assert (before[:2], after[:2]) == (list(HONG_GAI), [107.12345, 20.90123])
    event = news()[-1]
    assert event.kind == "moved"
    assert event.payload["exact"]["geometry"]["coordinates"] == [107.12345, 20.90123]
    assert event.payload["public"]["geometry"]["coordinates"] == [107.12, 20.9]
    assert not {"crew", "fuel_percent", "contact"} & set(event.payload["public"]["properties"])


def test_a_failing_event_leaves_nothing_behind(boat: RescueAsset, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Record.objects.filter(target="asset:TEST-1").count()

    def fail(*_: Any, **__: Any) -> None:
        raise Invalid("no event today")

    monkeypatch.setattr("gis.actions.base.publish", fail)
    with pytest.raises(Invalid):
        move()
    boat.refresh_from_db()
    assert boat.position is not None and boat.position.coords == HONG_GAI
    assert boat.positions.count() == 1 and Record.objects.filter(target="asset:TEST-1").count() == records


def test_a_late_report_is_kept_and_moves_nothing(boat: RescueAsset) -> None:
    move(minutes=60)
    before = len(news())
    moved = move(minutes=30, lon=107.2)
    assert moved.late
    boat.refresh_from_db()
    assert boat.positioned_at == BEGIN + timedelta(minutes=60)
    assert boat.positions.count() == 3 and len(news()) == before


def test_the_same_report_twice_is_stored_once(boat: RescueAsset) -> None:
    move()
    before = len(news())
    move()
    assert boat.positions.count() == 2 and len(news()) == before


def test_another_place_at_the_same_time_is_a_contradiction(boat: RescueAsset) -> None:
    move()
    with pytest.raises(Conflict) as refusal:
        move(lon=107.2)
    assert refusal.value.field == "time"


def test_a_jump_is_kept_and_marked(boat: RescueAsset) -> None:
    assert move(minutes=1, lon=107.5).implausible
    assert boat.positions.latest("time").implausible
    assert not move(minutes=120, lon=107.5).implausible
    assert move(minutes=0.5).implausible, "a late one is compared with the one before it"


def test_a_receiver_that_stands_still_does_not_jump(boat: RescueAsset) -> None:
    assert not move(minutes=0.01, lon=HONG_GAI[0] + 0.001, lat=HONG_GAI[1]).implausible


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lon": 180.5}, "lon"),
        ({"lat": -91.0}, "lat"),
        ({"lat": float("nan")}, "lat"),
        ({"lon": float("inf")}, "lon"),
        ({"lon": 0.0, "lat": 0.0}, "lon"),
        ({"time": datetime(2024, 9, 1, 1)}, "time"),  # noqa: DTZ001 (a time without a zone is what is tested)
        ({"receiver": Receiver(speed_kt=float("nan"))}, "speed_kt"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(boat: RescueAsset, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        move(**wrong)
    assert refusal.value.field == field and refusal.value.expected
    assert boat.positions.count() == 1


def test_a_clock_may_be_ten_minutes_ahead_and_no_more(boat: RescueAsset) -> None:
    move(time=timezone.now() + timedelta(minutes=9))
    with pytest.raises(Invalid) as refusal:
        move(time=timezone.now() + timedelta(minutes=11))
    assert refusal.value.field == "time"


def test_the_own_team_and_duty_officers_report(boat: RescueAsset, viewer: Any) -> None:
    move(viewer("team1"), minutes=30)
    move(viewer("duty"), minutes=60)
    assert boat.positions.count() == 3


@pytest.mark.parametrize("username", ["team2", "viewer", "leader", "admin", "commune.halong", "land.halong"])
def test_nobody_else_reports(boat: RescueAsset, viewer: Any, username: str) -> None:
    with pytest.raises(Forbidden):
        move(viewer(username))


def test_a_team_that_lost_its_role_reports_no_more(boat: RescueAsset) -> None:
    team = User.objects.get(username="team1")
    with pytest.raises(Forbidden):
        move(Viewer(team.pk, "team1", frozenset()))


def test_the_public_signs_in_first_and_learns_nothing_of_codes(boat: RescueAsset) -> None:
    for code in ("TEST-1", "NO-SUCH"):
        with pytest.raises(SignInNeeded):
            move(Viewer.public(), code)


def test_an_unknown_code_is_told(viewer: Any) -> None:
    with pytest.raises(NotFound):
        move(viewer("duty"), "NO-SUCH")


@pytest.fixture
def team(boat: RescueAsset, client: Client) -> Client:
    client.force_login(User.objects.get(username="team1"))
    return client


def post(client: Client, body: Any, code: str = "TEST-1") -> Any:
    return client.post(f"/api/disaster/assets/{code}/positions", body, content_type="application/json")


def test_the_rest_interface_comes_through_the_same_door(team: Client) -> None:
    answer = post(team, {"lon": 107.12345, "lat": 20.90123, "time": "2024-09-01T07:30:00+07:00", "speed_kt": 12})
    assert answer.status_code == 201, answer.content
    assert answer.json()["asset"]["geometry"]["coordinates"] == [107.12345, 20.90123]
    assert (answer.json()["late"], answer.json()["implausible"]) == (False, False)
    stored = AssetPosition.objects.filter(asset__code="TEST-1").latest("time")
    assert (stored.source, stored.speed_kt) == ("api", 12)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"lon": 107.1, "lat": 20.9}, 422, "time"),
        ({"lon": 107.1, "lat": 20.9, "time": "2024-09-01T07:30:00"}, 422, "time"),
        ({"lon": 107.1, "lat": 20.9, "time": "yesterday"}, 422, "time"),
        ({"lon": 1071, "lat": 20.9, "time": "2024-09-01T07:30:00Z"}, 422, "lon"),
        ({"lon": "east", "lat": 20.9, "time": "2024-09-01T07:30:00Z"}, 422, "lon"),
        ({"lon": 107.1, "lat": 20.9, "time": "2024-09-01T07:30:00Z", "course_deg": 400}, 422, "course_deg"),
        ([1, 2], 422, None),
        ("{broken", 400, None),
    ],
)
def test_a_bad_request_is_told_by_its_field(team: Client, body: Any, status: int, field: str | None) -> None:
    answer = post(team, body)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not {"Traceback", "SELECT"} & set(answer.content.decode().split())


def test_reading_an_asset_shows_each_viewer_his_sight(boat: RescueAsset, client: Client) -> None:
    public = client.get("/api/disaster/assets/TEST-1").json()
    assert public["geometry"]["coordinates"] == [107.08, 20.94] and "crew" not in public["properties"]
    client.force_login(User.objects.get(username="duty"))
    exact = client.get("/api/disaster/assets/TEST-1").json()
    assert exact["geometry"]["coordinates"] == list(HONG_GAI) and exact["properties"]["crew"] == 4
    assert client.get("/api/disaster/assets/NO-SUCH").status_code == 404
