"""What an open map is told, in which order, and what it is not."""

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from django.db import transaction
from django.utils import timezone

from disaster.codes import DUTY_OFFICER
from gis.access.models import Grant, User
from gis.access.viewer import SERVICE
from gis.actions.accounts.deactivate_account import deactivate_account
from gis.actions.accounts.end_grant import end_grant
from gis.live import hub, outbox, stream
from support.near_server import Boats, NearServer, paint, write_boat
from support.streams import PATIENCE_SECONDS

Cookie = Callable[[str], str]


class Undone(Exception):
    """Ends a transaction without its changes."""


def test_events_arrive_once_and_in_order(near: NearServer) -> None:
    with near.stream() as viewer:
        for number in range(50):
            paint(f"order{number}", "red")
        events = viewer.take(50)
        assert [event.key for event in events] == [f"order{number}" for number in range(50)]
        assert [event.id for event in events] == list(range(events[0].id, events[0].id + 50))
        assert viewer.stays_silent()


def test_an_event_tells_kind_key_payload_and_time(near: NearServer) -> None:
    with near.stream() as viewer:
        paint("tàu cá", "đỏ")
        event = viewer.take(1)[0]
    assert event.event == "boats"
    assert event.data.pop("at").endswith("Z")
    assert event.data == {"kind": "painted", "key": "tàu cá", "payload": {"colour": "đỏ"}}


def test_the_answer_is_an_event_stream_that_nobody_stores_or_buffers(near: NearServer) -> None:
    with near.stream() as viewer:
        assert viewer.response.status == 200
        assert viewer.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert viewer.response.headers["Cache-Control"] == "no-store"
        assert viewer.response.headers["X-Accel-Buffering"] == "no"
        assert viewer.retry is not None and 1000 <= viewer.retry <= 5000


def test_a_viewer_hears_only_the_topics_asked_for(near: NearServer) -> None:
    with near.stream("/live/?topics=layers") as layers, near.stream("/live") as everything:
        paint("quiet", "red")
        with transaction.atomic():
            outbox.publish("layers", "changed", "parcels", {"layer": "parcels"})
        assert [event.event for event in everything.take(2)] == ["boats", "layers"]
        assert [event.event for event in layers.take(1)] == ["layers"]
        assert layers.stays_silent(0.1)


def test_who_comes_back_gets_what_he_missed_and_nothing_twice(near: NearServer) -> None:
    with near.stream() as viewer:
        paint("seen", "red")
        last = viewer.take(1)[0].id
    for number in range(20):
        paint(f"missed{number}", "red")
    with near.stream(Last_Event_ID=str(last)) as again:
        paint("new", "red")
        assert [event.key for event in again.take(21)] == [*(f"missed{number}" for number in range(20)), "new"]
        assert again.stays_silent(0.1)


def test_the_snapshots_number_is_a_place_to_follow_from(near: NearServer) -> None:
    paint("before", "red")
    as_of = requests.get(f"{near.url}/live/snapshot?topics=boats", timeout=10).json()["as_of"]
    paint("after", "red")
    with near.stream(f"/live/?topics=boats&after={as_of}") as viewer:
        assert [event.key for event in viewer.take(1)] == ["after"]


def test_the_browsers_own_header_counts_more_than_the_first_address(near: NearServer) -> None:
    paint("first", "red")
    with near.stream("/live/?topics=boats&after=0") as viewer:
        viewer.wait(lambda: "first" in viewer.keys)
        last = viewer.events[-1].id
    with near.stream("/live/?topics=boats&after=0", Last_Event_ID=str(last)) as again:
        assert again.stays_silent()


def test_what_is_no_longer_at_hand_is_read_again_from_the_outbox(
    near: NearServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint("origin", "red")
    with near.stream("/live/?topics=boats&after=0") as viewer:
        viewer.wait(lambda: "origin" in viewer.keys)
        last = viewer.last_id
    for number in range(10):
        paint(f"far{number}", "red")
    with near.stream("/live/?topics=boats") as present:
        paint("near", "red")
        present.take(1)
    near.in_loop(near.dispatcher.hub._recent.clear)
    with near.stream(Last_Event_ID=str(last)) as again:
        assert [event.key for event in again.take(11)] == [*(f"far{number}" for number in range(10)), "near"]


def test_a_gap_older_than_what_is_kept_is_a_reset(near: NearServer) -> None:
    paint("old", "red")
    paint("kept", "red")
    outbox.number_events()
    newest = outbox.span().newest
    with near.stream(f"/live/?topics=boats&after={newest}") as present:
        paint("newest", "red")
        present.take(1)
    near.sql("DELETE FROM live_event WHERE number <= %s", [newest])
    near.in_loop(near.dispatcher.hub._recent.clear)
    with near.stream(Last_Event_ID="1") as viewer:
        assert viewer.take(1)[0].event == "reset"
        paint("further", "red")
        assert viewer.take(2)[1].key == "further"


def test_too_much_to_catch_up_with_is_a_reset(near: NearServer, monkeypatch: pytest.MonkeyPatch) -> None:
    paint("start", "red")
    outbox.number_events()
    start = outbox.span().newest
    for number in range(6):
        paint(f"many{number}", "red")
    with near.stream(f"/live/?topics=boats&after={start}") as viewer:
        viewer.take(6)
    monkeypatch.setattr(hub, "BACKLOG", 5)
    near.in_loop(near.dispatcher.hub._recent.clear)
    with near.stream(Last_Event_ID=str(start)) as viewer:
        assert viewer.take(1)[0].event == "reset"


def test_a_number_that_was_never_given_is_a_reset(near: NearServer) -> None:
    with near.stream(Last_Event_ID="999999999") as viewer:
        assert viewer.take(1)[0].event == "reset"
        paint("present", "red")
        assert viewer.take(2)[1].key == "present"


def test_who_comes_from_a_process_that_is_ahead_is_told_nothing_twice(near: NearServer) -> None:
    with near.stream() as viewer:
        for number in range(3):
            paint(f"ahead{number}", "red")
        newest = viewer.take(3)[-1].id
    hub_here = near.dispatcher.hub
    near.in_loop(lambda: (setattr(hub_here, "cursor", newest - 3), hub_here._recent.clear()))
    with near.stream(Last_Event_ID=str(newest)) as viewer:
        paint("next", "red")
        assert [event.key for event in viewer.take(1)] == ["next"]
        assert viewer.stays_silent(0.1)


def test_what_is_rolled_back_was_never_announced(near: NearServer) -> None:
    with near.stream() as viewer:
        with contextlib.suppress(Undone), transaction.atomic():
            write_boat("ghost", "red")
            raise Undone
        paint("real", "red")
        assert [event.key for event in viewer.take(1)] == ["real"]
        assert viewer.stays_silent(0.1)


def test_outside_a_transaction_nothing_is_announced(near: NearServer) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        outbox.publish("boats", "painted", "b", {})


def test_a_topic_that_nobody_declares_cannot_be_announced(near: NearServer) -> None:
    with pytest.raises(ValueError, match="declares"), transaction.atomic():
        outbox.publish("ships", "painted", "b", {})


def test_the_public_is_not_told_what_is_private(near: NearServer, cookie: Cookie) -> None:
    with (
        near.stream() as public,
        near.stream(Cookie=cookie("duty")) as duty,
        near.stream(Cookie=cookie("land.halong")) as land,
    ):
        paint("known", "red", captain="Lan")
        paint("hidden", "grey", secret=True)
        paint("last", "blue")
        told = [(event.key, event.payload) for event in duty.take(3)]
        assert told[0] == ("known", {"colour": "red", "captain": "Lan"})
        assert [key for key, _ in told] == ["known", "hidden", "last"]
        for viewer in (public, land):
            assert [(event.key, event.payload) for event in viewer.take(2)] == [
                ("known", {"colour": "red"}),
                ("last", {"colour": "blue"}),
            ]


def test_what_was_missed_is_hidden_just_as_well(near: NearServer) -> None:
    outbox.number_events()
    start = outbox.span().newest
    paint("missed secret", "grey", secret=True)
    paint("missed", "red", captain="Lan")
    with near.stream(f"/live/?topics=boats&after={start}") as viewer:
        assert [(event.key, event.payload) for event in viewer.take(1)] == [("missed", {"colour": "red"})]


def test_rights_are_looked_at_again_when_a_viewer_comes_back(near: NearServer, cookie: Cookie) -> None:
    session = cookie("duty")
    with near.stream(Cookie=session) as duty:
        paint("one", "red", captain="Lan")
        assert "captain" in duty.take(1)[0].payload
    near.sql("UPDATE access_user SET is_active = false WHERE username = 'duty'")
    try:
        with near.stream(Cookie=session) as nobody:
            paint("two", "red", captain="Lan")
            assert nobody.take(1)[0].payload == {"colour": "red"}
    finally:
        near.sql("UPDATE access_user SET is_active = true WHERE username = 'duty'")


def test_a_stream_ends_when_a_role_is_taken_away_and_goes_on_for_everybody_else(
    near: NearServer, cookie: Cookie
) -> None:
    since = timezone.localdate() - timedelta(days=1)
    account = User.objects.get(username="viewer")
    grant = Grant.objects.create(user=account, role=DUTY_OFFICER, valid_from=since)
    session = cookie("viewer")
    with near.stream(Cookie=session) as viewer, near.stream(Cookie=cookie("duty")) as duty, near.stream() as public:
        paint("four", "red", captain="Lan")
        assert "captain" in viewer.take(1)[0].payload
        end_grant(SERVICE, grant.pk)
        assert viewer.ended.wait(PATIENCE_SECONDS)
        paint("five", "red", captain="Lan")
        assert "captain" in duty.take(2)[1].payload
        assert public.take(2)[1].payload == {"colour": "red"} and not duty.ended.is_set()
        assert viewer.keys == ["four"]
    with near.stream(Cookie=session) as again:
        paint("six", "red", captain="Lan")
        assert again.take(1)[0].payload == {"colour": "red"}


def test_every_stream_of_an_account_ends_when_it_is_deactivated(near: NearServer, cookie: Cookie) -> None:
    sessions = [cookie("viewer"), cookie("viewer")]
    try:
        with near.stream(Cookie=sessions[0]) as desk, near.stream(Cookie=sessions[1]) as phone:
            deactivate_account(SERVICE, "viewer", reason="nghỉ việc")
            assert desk.ended.wait(PATIENCE_SECONDS) and phone.ended.wait(PATIENCE_SECONDS)
        assert near.sql(
            "SELECT count(*) FROM access_session WHERE user_id IS NOT NULL AND session_key = ANY(%s)",
            [[session.partition("=")[2] for session in sessions]],
        ) == [(0,)]
    finally:
        near.sql("UPDATE access_user SET is_active = true WHERE username = 'viewer'")


def test_an_invented_session_is_the_public(near: NearServer) -> None:
    with near.stream(Cookie="sessionid=invented") as viewer:
        paint("three", "red", captain="Lan")
        assert viewer.take(1)[0].payload == {"colour": "red"}


def test_an_event_is_made_once_for_all_who_see_the_same(near: NearServer) -> None:
    viewers = [near.stream().__enter__() for _ in range(20)]
    Boats.times_shown = 0
    paint("shared", "red")
    for viewer in viewers:
        viewer.take(1)
        viewer.close()
    assert Boats.times_shown == 1


def test_a_topic_that_fails_silences_no_other_event(near: NearServer) -> None:
    with near.stream() as viewer:
        paint("bad", "red", broken=True)
        paint("good", "red")
        assert [event.key for event in viewer.take(1)] == ["good"]


def test_a_quiet_line_is_kept_open_and_remembers_how_far_it_is(
    near: NearServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.5)
    with near.stream("/live/?topics=layers") as viewer:
        paint("elsewhere", "red")
        outbox.number_events()
        newest = outbox.span().newest
        viewer.wait(lambda: viewer.last_id == newest)
        assert viewer.comments and not viewer.events


def test_a_stream_ends_by_itself_and_is_resumed(near: NearServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LIFE_SECONDS", 1)
    with near.stream() as viewer:
        assert viewer.ended.wait(15)
        paint("meanwhile", "red")
        with near.stream(Last_Event_ID=str(viewer.last_id)) as again:
            assert [event.key for event in again.take(1)] == ["meanwhile"]


@pytest.mark.parametrize(
    ("path", "header", "field"),
    [
        ("/live/?topics=boats,yachts", {}, "topics"),
        ("/live/?topics=", {}, "topics"),
        ("/live/?after=-1", {}, "after"),
        ("/live/?after=1e3", {}, "after"),
        ("/live/?after=9999999999999999999", {}, "after"),
        ("/live/?after=١", {}, "after"),
        ("/live/", {"Last-Event-ID": "x'; DROP TABLE"}, "Last-Event-ID"),
        ("/live/", {"Host": "evil.example"}, "Host"),
        ("/live/snapshot?topics=yachts", {}, "topics"),
    ],
)
def test_a_bad_request_is_told_by_its_field(near: NearServer, path: str, header: dict[str, str], field: str) -> None:
    answer = requests.get(f"{near.url}{path}", headers=header, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["field"] == field
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_the_stream_is_only_read(near: NearServer, method: str) -> None:
    answer = requests.request(method, f"{near.url}/live/", timeout=10)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_more_viewers_than_a_process_holds_are_asked_to_wait(near: NearServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "VIEWERS", near.viewers)
    answer = requests.get(f"{near.url}/live/", timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (503, 503)
    assert int(answer.headers["Retry-After"]) > 0
