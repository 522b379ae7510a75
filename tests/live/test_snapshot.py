"""A snapshot and the events after it are the present state, whatever is written meanwhile."""

from collections.abc import Callable

import pytest
import requests
from django.db import connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gis.access.viewer import Viewer
from gis.live import outbox, snapshot, topics
from gis.live.models import Event
from gis.live.topics import News, OpenTopic
from support.near_server import Boats, NearServer, paint, write_boat

WRITERS = ("owner", "loader")
KEYS = ("a", "b", "c", "d")

State = dict[str, str]


def present_state() -> tuple[int, State]:
    """as_of and the boats' colours, as a viewer gets them."""
    told = snapshot.read_snapshot([topics.find("boats")], Viewer.public())  # type: ignore[list-item]
    return told["as_of"], told["topics"]["boats"]


def followed(state: State, events: list[News]) -> State:
    return state | {event.key: event.payload["colour"] for event in events}


class Feed(RuleBasedStateMachine):
    """Two writers whose transactions overlap and end in any order, snapshots and a follower between them."""

    def __init__(self) -> None:
        super().__init__()
        for alias in WRITERS:
            connections[alias].close()
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM test_boat; DELETE FROM live_event")
        self.open: dict[str, transaction.Atomic] = {}
        self.written: dict[str, list[tuple[str, str]]] = {}
        self.committed: list[tuple[str, str]] = []
        self.snapshots = [(0, State())]
        self.read: list[News] = []
        self.colours = 0

    @rule(alias=st.sampled_from(WRITERS), key=st.sampled_from(KEYS))
    def write(self, alias: str, key: str) -> None:
        if any(key == other for writer in self.open if writer != alias for other, _ in self.written[writer]):
            return  # a row that another transaction holds: the writer would wait for it
        if alias not in self.open:
            self.open[alias] = transaction.atomic(using=alias)
            self.open[alias].__enter__()
            self.written[alias] = []
        self.colours += 1
        write_boat(key, f"colour {self.colours}", using=alias)
        self.written[alias].append((key, f"colour {self.colours}"))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        alias = data.draw(st.sampled_from(sorted(self.open)))
        self.open.pop(alias).__exit__(None, None, None)
        self.committed += self.written.pop(alias)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        alias = data.draw(st.sampled_from(sorted(self.open)))
        self.open.pop(alias).__exit__(RuntimeError, RuntimeError(), None)
        del self.written[alias]

    @rule()
    def look(self) -> None:
        self.snapshots.append(present_state())

    @rule()
    def follow(self) -> None:
        outbox.number_events()
        self.read += outbox.read(self.read[-1].number if self.read else 0)

    @invariant()
    def everything_committed_is_told_once(self) -> None:
        if not self.open:
            self.follow()
            told = [(event.key, event.payload["colour"]) for event in self.read]
            assert sorted(told) == sorted(self.committed)
            assert [event.number for event in self.read] == list(range(1, len(told) + 1))

    def teardown(self) -> None:
        for opened in self.open.values():
            opened.__exit__(RuntimeError, RuntimeError(), None)
        fresh = present_state()[1]
        for as_of, state in self.snapshots:
            assert followed(state, outbox.read(as_of)) == fresh


def test_any_snapshot_and_what_follows_it_is_the_present_state(database: str) -> None:
    limits = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Feed, settings=limits)


class Meddler(OpenTopic):
    """Something is written and announced by others while the snapshot is being read."""

    name = "meddler"
    title = "Meddler"

    def snapshot(self, viewer: Viewer) -> None:
        paint("meddled", "new colour", using="owner")


def test_what_is_written_during_a_snapshot_comes_after_it(database: str) -> None:
    paint("meddled", "old colour")
    told = snapshot.read_snapshot([Meddler(), Boats()], Viewer.public())
    assert told["topics"]["boats"]["meddled"] == "old colour"
    outbox.number_events()
    assert [event.payload["colour"] for event in outbox.read(told["as_of"])] == ["new colour"]


def test_the_address_tells_topics_by_name_and_is_never_stored(near: NearServer) -> None:
    Event.objects.all().delete()
    paint("seen", "red")
    answer = requests.get(f"{near.url}/live/snapshot?topics=boats,layers", timeout=10)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json()
    assert list(told["topics"]) == ["boats", "layers"]
    assert told["as_of"] == 1
    assert told["topics"]["boats"]["seen"] == "red"
    assert told["topics"]["layers"] is None


def test_without_names_every_topic_is_told(near: NearServer) -> None:
    told = requests.get(f"{near.url}/live/snapshot", timeout=10).json()
    assert list(told["topics"]) == topics.names(Viewer.public())


def test_the_snapshot_of_assets_keeps_their_exact_places_for_who_may_know(
    near: NearServer, cookie: Callable[[str], str]
) -> None:
    address = f"{near.url}/live/snapshot?topics=assets"
    public = requests.get(address, timeout=10).json()["topics"]["assets"]["features"]
    duty = requests.get(address, headers={"Cookie": cookie("duty")}, timeout=10).json()["topics"]["assets"]["features"]
    assert public and len(public) == len(duty)
    assert all("crew" not in feature["properties"] for feature in public)
    assert all("crew" in feature["properties"] for feature in duty)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_snapshot_is_only_read(near: NearServer, method: str) -> None:
    assert requests.request(method, f"{near.url}/live/snapshot", timeout=10).status_code in (403, 405)
