"""The feed survives what happens to databases, lines and viewers."""

import asyncio
import random
import time
from collections.abc import Callable

import pytest
from django.db import transaction

from gis.live import hub
from gis.live.models import Event
from support.near_server import NearServer, paint, write_boat
from support.streams import Received

VIEWERS = 200


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_news_arrive_although_the_listeners_connection_is_killed(near: NearServer) -> None:
    with near.stream() as viewer:
        paint("before", "red")
        viewer.take(1)
        assert near.kill_listener() == 1
        paint("during", "red")
        assert viewer.take(2)[1].key == "during"
        assert eventually(lambda: near.dispatcher.hub.listener.listening)
        paint("after", "red")
        assert [event.key for event in viewer.take(3)] == ["before", "during", "after"]
        assert viewer.stays_silent(0.1)


def test_a_killed_listener_is_replaced_each_time(near: NearServer) -> None:
    with near.stream() as viewer:
        for number in range(5):
            assert eventually(lambda: near.dispatcher.hub.listener.listening and near.kill_listener() == 1)
            paint(f"k{number}", "red")
        assert [event.key for event in viewer.take(5)] == [f"k{number}" for number in range(5)]


def test_a_viewer_hears_both_of_two_transactions_that_end_in_reverse_order(near: NearServer) -> None:
    with near.stream() as viewer:
        with transaction.atomic(using="owner"):
            write_boat("written first", "red", using="owner")
            paint("committed first", "red")
            assert viewer.take(1)[0].key == "committed first"
        first, second = viewer.take(2)
        assert (first.key, second.key) == ("committed first", "written first")
        assert first.id < second.id


def test_news_arrive_although_every_connection_is_killed(near: NearServer) -> None:
    with near.stream() as viewer:
        near.kill_readers()
        near.sql("INSERT INTO live_event (topic, kind, key, payload) VALUES ('boats', 'painted', 'k', '{}')")
        assert viewer.take(1)[0].key == "k"


def test_news_arrive_although_nobody_was_notified(near: NearServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.5)
    with near.stream() as viewer:
        paint("notified", "red")
        viewer.take(1)
        near.sql("INSERT INTO live_event (topic, kind, key, payload) VALUES ('boats', 'painted', 'psql', '{}')")
        assert viewer.take(2)[1].key == "psql"


def test_a_database_put_back_to_an_earlier_state_is_a_reset(near: NearServer) -> None:
    with near.stream() as viewer:
        for number in range(5):
            paint(f"p{number}", "red")
        viewer.take(5)
        Event.objects.filter(key__in=["p2", "p3", "p4"]).delete()
        near.sql("NOTIFY halong_live")
        assert viewer.take(6)[5].event == "reset"
        paint("present", "red")
        assert viewer.take(7)[6].key == "present"


def test_viewers_who_leave_leave_nothing_behind(near: NearServer) -> None:
    async def come_and_go() -> None:
        async def visit(number: int) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", near.port)
            writer.write(b"GET /live/?topics=boats HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await reader.readuntil(b"retry:")
            if number % 2:
                writer.transport.abort()
            else:
                writer.close()

        await asyncio.gather(*(visit(number) for number in range(VIEWERS)))

    before = len(near.in_loop(lambda: asyncio.all_tasks(near.loop)))
    asyncio.run(come_and_go())
    assert eventually(lambda: near.viewers == 0)
    assert eventually(lambda: len(near.in_loop(lambda: asyncio.all_tasks(near.loop))) <= before)


def test_viewers_who_leave_before_the_answer_leave_nothing_behind(near: NearServer) -> None:
    async def hang_up() -> None:
        async def visit() -> None:
            _, writer = await asyncio.open_connection("127.0.0.1", near.port)
            writer.write(b"GET /live/?topics=boats&after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await writer.drain()
            writer.transport.abort()

        await asyncio.gather(*(visit() for _ in range(VIEWERS)))

    asyncio.run(hang_up())
    with near.stream() as viewer:
        paint("still here", "red")
        viewer.take(1)
        assert eventually(lambda: near.viewers == 1)
    assert eventually(lambda: near.viewers == 0)


class Browser:
    """Follows the feed as a browser does: comes back with the last id it saw."""

    def __init__(self, near: NearServer) -> None:
        self._near = near
        self._seen: list[Received] = []
        self._stream = near.stream().__enter__()

    def hang_up_and_come_back(self) -> None:
        self._stream.close()
        self._seen += self._stream.events
        self._stream = self._near.stream(Last_Event_ID=str(self._stream.last_id)).__enter__()

    @property
    def keys(self) -> list[str]:
        return [event.key for event in [*self._seen, *self._stream.events]]

    def close(self) -> None:
        self._stream.close()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_breaks_every_browser_hears_everything_once(near: NearServer, seed: int) -> None:
    chance = random.Random(seed)
    browsers = [Browser(near) for _ in range(4)]
    deeds: list[Callable[[], object]] = [
        near.kill_listener,
        near.kill_readers,
        lambda: chance.choice(browsers).hang_up_and_come_back(),
    ]
    for number in range(60):
        paint(f"{number}", "red")
        if chance.random() < 0.3:
            chance.choice(deeds)()
    expected = [str(number) for number in range(60)]
    for browser in browsers:
        assert eventually(lambda browser=browser: len(browser.keys) >= 60)  # type: ignore[misc]
        assert browser.keys == expected
        browser.close()


@pytest.mark.parametrize("kind", ["painted", "moved"])
def test_who_takes_nothing_is_reset_or_told_the_newest(near: NearServer, kind: str) -> None:
    """Kernel and server hold some megabytes for a client that does not read; beyond that the hub decides."""
    paint_of = {"painted": lambda number: f"p{number}", "moved": lambda number: "mover"}[kind]
    large = "x" * 200_000

    async def read_late() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", near.port, limit=1024)
        writer.write(b"GET /live/?topics=boats HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.readuntil(b"retry:")
        for number in range(60):
            await asyncio.to_thread(paint, paint_of(number), f"{number} {large}", kind=kind)
        await asyncio.to_thread(paint, "last", "red")
        received = bytearray()
        while b'"key":"last"' not in received:
            received += await asyncio.wait_for(reader.read(1 << 20), 15)
        writer.close()
        return bytes(received)

    received = asyncio.run(read_late())
    numbers = [int(line.split(b": ")[1]) for line in received.splitlines() if line.startswith(b"id: ")]
    assert numbers == sorted(set(numbers))
    assert len(numbers) < 61
    if kind == "painted":
        assert b"event: reset" in received
    else:
        assert b"event: reset" not in received and b'{"colour":"59 ' in received
