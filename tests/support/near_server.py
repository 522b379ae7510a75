"""A server inside the test's own process, whose hub can be looked at, and a topic of the tests."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import uvicorn
from django.db import connection, connections, transaction

from gis.access.viewer import Viewer
from gis.asgi import Dispatcher
from gis.live import outbox
from gis.live.listener import APPLICATION_NAME
from gis.live.topics import News, Payload, Topic
from support.databases import role_urls
from support.server import free_port
from support.streams import EventStream


class Boats(Topic):
    """Boats: everybody is told the colour, duty officers the captain too; a secret boat is theirs alone."""

    name = "boats"
    title = "Boats"
    private_roles = frozenset({"duty_officer"})
    superseding = frozenset({"moved"})
    times_shown = 0

    def shown(self, news: News, audience: Any) -> Payload | None:
        Boats.times_shown += 1
        if news.payload.get("broken"):
            raise RuntimeError("this boat cannot be shown")
        if audience:
            return news.payload
        return None if news.payload.get("secret") else {"colour": news.payload.get("colour")}

    def snapshot(self, viewer: Viewer) -> Payload:
        with connection.cursor() as cursor:
            cursor.execute("SELECT key, colour FROM test_boat ORDER BY key")
            return dict(cursor.fetchall())


def write_boat(key: str, colour: str, *, kind: str = "painted", using: str = "default", **private: Any) -> None:
    """The boat's row and its event, in the caller's transaction."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO test_boat VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET colour = EXCLUDED.colour",
            [key, colour],
        )
    outbox.publish("boats", kind, key, {"colour": colour, **private}, using=using)


def paint(key: str, colour: str, *, kind: str = "painted", using: str = "default", **private: Any) -> None:
    """A boat's colour, changed and announced in one transaction."""
    with transaction.atomic(using=using):
        write_boat(key, colour, kind=kind, using=using, **private)


@contextmanager
def serving(
    application: Any, before_the_end: Callable[[], None] = lambda: None
) -> Iterator[tuple[int, asyncio.AbstractEventLoop]]:
    """uvicorn with *application* in a thread of this process: its port and its event loop.

    *before_the_end* is called in the loop when the server stops: signals, which say so elsewhere, reach only
    main threads.
    """
    config = uvicorn.Config(application, port=free_port(), log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    loop: Future[asyncio.AbstractEventLoop] = Future()

    async def run() -> None:
        loop.set_result(asyncio.get_running_loop())
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield config.port, loop.result()
    server.should_exit = True
    loop.result().call_soon_threadsafe(before_the_end)
    thread.join(15)
    assert not thread.is_alive(), "the server did not end"


@dataclass
class NearServer:
    """A real server in a thread of this process."""

    port: int
    dispatcher: Dispatcher
    loop: asyncio.AbstractEventLoop
    database: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def viewers(self) -> int:
        return len(self.dispatcher.hub.streams)

    def stream(self, path: str = "/live/?topics=boats", **headers: str) -> EventStream:
        return EventStream(self.url, path, {name.replace("_", "-"): value for name, value in headers.items()})

    def sql(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Rows of one committed statement, on a connection of its own."""
        own = psycopg2.connect(role_urls(self.database)["DATABASE_URL"])
        try:
            with own, own.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            own.close()

    def in_loop(self, function: Callable[[], Any]) -> Any:
        """*function*'s result, called in the server's event loop."""
        result: Future[Any] = Future()
        self.loop.call_soon_threadsafe(lambda: result.set_result(function()))
        return result.result(15)

    def kill_listener(self) -> int:
        """End the listener's connection from the database's side; returns how many there were."""
        return len(
            self.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = current_database()",
                [APPLICATION_NAME],
            )
        )

    def kill_readers(self) -> None:
        """End every connection that the application role has to this database, the test's own too."""
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        connection.close()
