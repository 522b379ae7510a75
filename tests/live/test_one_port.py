"""Django behind the one port: threads that keep their connections, answers that stream, clients that leave."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.db import close_old_connections, connection, transaction

from gis import wsgi_threads
from gis.database.streaming import stream
from gis.wsgi_threads import DjangoThreads
from support.near_server import NearServer, serving

THREADS = 3

Page = Callable[[dict[str, Any]], Iterator[bytes]]


class Site:
    """A WSGI application whose pages the test writes, with a record of what became of them."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.closed: dict[str, threading.Event] = {}
        self.errors: dict[str, str] = {}

    def page(self, path: str, function: Page) -> str:
        self.pages[path] = function
        self.closed[path] = threading.Event()
        return path

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        close_old_connections()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return self._body(environ)

    def _body(self, environ: dict[str, Any]) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        try:
            yield from self.pages[path](environ)
        except Exception as error:
            self.errors[path] = str(error)
            raise
        finally:
            self.closed[path].set()


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.fixture(scope="module")
def url(site: Site, database: str) -> Iterator[str]:
    application = DjangoThreads(site, THREADS)

    async def with_lifespan(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await application.close()
        await send({"type": "lifespan.shutdown.complete"})

    with serving(with_lifespan) as (port, _loop):
        yield f"http://127.0.0.1:{port}"


def rows(sql: str) -> Page:
    return lambda environ: (f"{row[0]}\n".encode() for row in stream(sql, batch=1))


def hang_up(url: str, path: str, *, read: int) -> None:
    """Ask, read a little, go away."""
    port = int(url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        if read:
            assert client.recv(read)


def busy_backends(near_sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()",
            [f"%{near_sql}%"],
        )
        count: int = cursor.fetchone()[0]
        return count


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_the_first_row_leaves_before_the_last_is_read(site: Site, url: str) -> None:
    path = site.page("/rows", rows("SELECT i, pg_sleep(i / 200.0) FROM generate_series(1, 20) AS i"))
    with requests.get(f"{url}{path}", stream=True, timeout=15) as answer:
        pieces = answer.iter_content(None)
        assert next(pieces) == b"1\n"
        assert not site.closed[path].is_set()
        assert b"".join(pieces).split() == [str(i).encode() for i in range(2, 21)]
    assert site.closed[path].wait(10)


def test_small_pieces_travel_together(site: Site, url: str) -> None:
    path = site.page("/pieces", lambda environ: (b"x" * 100 for _ in range(10_000)))
    with requests.get(f"{url}{path}", stream=True, timeout=15) as answer:
        chunks = list(answer.raw.read_chunked())
    assert sum(map(len, chunks)) == 1_000_000
    assert len(chunks) < 200


def test_who_leaves_ends_the_iterator_and_its_transaction(site: Site, url: str) -> None:
    path = site.page("/endless", rows("SELECT repeat('x', 1000), pg_sleep(0.01) FROM generate_series(1, 5000)"))
    hang_up(url, path, read=1000)
    assert site.closed[path].wait(10)
    assert eventually(lambda: busy_backends("generate_series(1, 5000)") == 0)


def test_who_leaves_cancels_the_query_that_is_waited_for(site: Site, url: str) -> None:
    def page(environ: dict[str, Any]) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        yield b"late"

    path = site.page("/slow", page)
    hang_up(url, path, read=0)
    # It may have left before its request reached a thread; then the page was never made.
    if path in site.errors or site.closed[path].wait(10):
        assert "cancel" in site.errors[path]
    assert eventually(lambda: busy_backends("pg_sleep(60)") == 0)


def test_a_write_is_finished_although_nobody_waits_for_it(site: Site, url: str) -> None:
    def page(environ: dict[str, Any]) -> Iterator[bytes]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
            cursor.execute("INSERT INTO test_boat VALUES ('written', 'red')")
        yield b"done"

    path = site.page("/write", page)
    with contextlib.suppress(requests.RequestException):
        requests.post(f"{url}{path}", timeout=0.2)
    assert site.closed[path].wait(10)
    assert path not in site.errors
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM test_boat WHERE key = 'written'")
        assert cursor.fetchone() == (1,)


def test_the_next_request_of_a_thread_is_not_hit_by_a_cancellation(site: Site, url: str) -> None:
    def page(environ: dict[str, Any]) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.05)")
        yield b"fine"

    site.page("/short", page)
    for _ in range(10):
        for _ in range(THREADS):
            hang_up(url, "/short", read=0)
        assert requests.get(f"{url}/short", timeout=15).content == b"fine"


def test_threads_keep_their_database_connections(site: Site, url: str) -> None:
    def page(environ: dict[str, Any]) -> Iterator[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.02)")
            yield str(cursor.fetchone()[0]).encode()

    path = site.page("/backend", page)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: requests.get(f"{url}{path}", timeout=15).content, range(60)))
    assert 1 <= len(set(answers)) <= THREADS


def test_a_client_that_takes_nothing_does_not_keep_a_thread(
    site: Site, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi_threads, "STALL_SECONDS", 0.3)
    path = site.page("/large", lambda environ: (b"x" * 100_000 for _ in range(10_000)))
    port = int(url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=15) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert site.closed[path].wait(15)


def test_an_answer_that_breaks_off_does_not_look_complete(site: Site, url: str) -> None:
    def page(environ: dict[str, Any]) -> Iterator[bytes]:
        yield b"x" * 100_000
        raise RuntimeError("broken")

    path = site.page("/broken", page)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{url}{path}", timeout=15)


def test_django_and_the_stream_share_the_port(near: NearServer) -> None:
    assert requests.get(f"{near.url}/healthz", timeout=15).json()["status"] == "ok"
    assert requests.get(f"{near.url}/live/nothing", timeout=15).status_code == 404
    with near.stream("/live/") as viewer:
        assert viewer.response.status == 200


def test_a_cancelled_page_is_no_error_in_the_log(
    near: NearServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gis.live import views

    entered = threading.Event()

    def slow(*_: Any) -> dict[str, Any]:
        entered.set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return {}

    monkeypatch.setattr(views, "read_snapshot", slow)
    with socket.create_connection(("127.0.0.1", near.port), timeout=15) as client:
        client.sendall(b"GET /live/snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert entered.wait(15)
        time.sleep(0.2)
    assert eventually(lambda: busy_backends("pg_sleep(60)") == 0)
    time.sleep(0.3)
    assert "canceling statement" not in caplog.text
