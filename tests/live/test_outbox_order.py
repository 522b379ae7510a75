"""The feed has one order that every reader sees, whatever order transactions end in."""

import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from gis.live import outbox
from gis.live.models import Event
from gis.live.topics import News
from support.near_server import paint, write_boat


@pytest.fixture(autouse=True)
def empty_outbox(database: str) -> None:
    Event.objects.all().delete()


def read_all(after: int = 0) -> list[News]:
    outbox.number_events()
    return outbox.read(after)


def keys(events: list[News]) -> list[str]:
    return [event.key for event in events]


class OpenTransaction:
    """A transaction on an alias, open until the test ends it."""

    def __init__(self, using: str) -> None:
        self.using = using
        self._atomic: transaction.Atomic | None = transaction.atomic(using=using)
        self._atomic.__enter__()

    def write(self, key: str) -> None:
        write_boat(key, "red", using=self.using)

    def commit(self) -> None:
        self._end(None, None)

    def roll_back(self) -> None:
        self._end(RuntimeError, RuntimeError())

    def _end(self, kind: type[BaseException] | None, error: BaseException | None) -> None:
        if self._atomic is not None:
            self._atomic.__exit__(kind, error, None)
        self._atomic = None


@pytest.fixture
def other(database: str) -> Iterator[OpenTransaction]:
    """A transaction that is open meanwhile."""
    opened = OpenTransaction("owner")
    yield opened
    opened.roll_back()


def test_what_commits_first_comes_first_whatever_was_written_first(other: OpenTransaction) -> None:
    other.write("written first")
    paint("committed first", "red")
    first = read_all()
    assert keys(first) == ["committed first"]
    other.commit()
    assert keys(read_all(first[-1].number)) == ["written first"]


def test_a_long_transaction_holds_up_nobody(other: OpenTransaction) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO test_boat VALUES ('elsewhere', 'red')")
    paint("one", "red")
    paint("two", "red")
    assert keys(read_all()) == ["one", "two"]


def test_rolled_back_events_leave_no_gap(other: OpenTransaction) -> None:
    paint("one", "red")
    other.write("ghost")
    other.roll_back()
    paint("two", "red")
    assert [(event.number, event.key) for event in read_all()] == [(1, "one"), (2, "two")]


def test_every_reader_sees_every_event_once_in_the_same_order(database: str) -> None:
    writers, each, readers = 4, 40, 3
    finished = threading.Event()
    seen: list[list[News]] = [[] for _ in range(readers)]

    def write(writer: int) -> None:
        for number in range(each):
            paint(f"w{writer}-{number}", "red")
        connections.close_all()

    def follow(events: list[News]) -> None:
        more = True
        while more:
            more = not finished.is_set()  # asked before reading, so that the last reading comes after all writes
            events += read_all(events[-1].number if events else 0)
        connections.close_all()

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(writers)]
    followers = [threading.Thread(target=follow, args=[events]) for events in seen]
    for thread in threads + followers:
        thread.start()
    for thread in threads:
        thread.join()
    finished.set()
    for thread in followers:
        thread.join()
    assert [event.number for event in seen[0]] == list(range(1, writers * each + 1))
    assert seen[0] == seen[1] == seen[2]
    for writer in range(writers):
        own = [event.key for event in seen[0] if event.key.startswith(f"w{writer}-")]
        assert own == [f"w{writer}-{number}" for number in range(each)]


def test_a_message_is_sent_once_for_a_transaction(database: str) -> None:
    listener = connections["loader"]
    with listener.cursor() as cursor:
        cursor.execute(f"LISTEN {outbox.CHANNEL}")
        with transaction.atomic():
            for number in range(10):
                write_boat(f"n{number}", "red")
        cursor.execute("SELECT 1")
        assert len(listener.connection.notifies) == 1
        listener.connection.notifies.clear()
        cursor.execute(f"UNLISTEN {outbox.CHANNEL}")


def test_old_events_are_forgotten_and_the_count_goes_on(database: str) -> None:
    for number in range(3):
        paint(f"old{number}", "red")
    Event.objects.update(at="2020-01-01T00:00Z")
    call_command("prune_events", "--older-than", "1h", verbosity=0)
    assert [(event.number, event.key) for event in read_all()] == [(3, "old2")]
    paint("new", "red")
    assert [event.number for event in read_all()] == [3, 4]


@pytest.mark.parametrize("span", ["yesterday", "-1h", "1y", ""])
def test_a_span_of_time_is_told_as_it_is_expected(database: str, span: str) -> None:
    with pytest.raises(CommandError, match="24h"):
        call_command("prune_events", f"--older-than={span}")
