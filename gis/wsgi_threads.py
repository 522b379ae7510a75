"""Django's WSGI application in a fixed number of threads, behind an ASGI server.

`a2wsgi` carries requests and responses. What it leaves open is closed here: a client that goes away ends
the response's iterator and the query it waits for, a client that takes nothing does not hold a thread for
ever, and the many small pieces of a streamed response cross from thread to loop in larger ones.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

import psycopg2
from a2wsgi import WSGIMiddleware
from django.db import Error as DatabaseError
from django.db import connections
from django.http import HttpRequest, HttpResponse
from psycopg2.extensions import TRANSACTION_STATUS_ACTIVE

log = logging.getLogger(__name__)

Message = dict[str, Any]
Scope = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

READING_METHODS = ("GET", "HEAD", "OPTIONS")
CALL = "halong.call"
"""Where the scope keeps the request's `Call`."""
PIECE_BYTES = 32 * 1024
PIECE_SECONDS = 0.05
"""Pieces of a streamed response are gathered up to this size or time."""
STALL_SECONDS = 30.0
"""A client that takes nothing for so long is given up."""
CANCEL_SECONDS = 0.2
"""Between attempts to cancel what an abandoned request waits for: it may go on to another query."""
CLOSE_SECONDS = 2.0
DATABASE_ERRORS = (DatabaseError, psycopg2.Error)
"""Django's, and the driver's own, which come from server-side cursors."""
CLIENT_CLOSED_REQUEST = 499
"""Status of an answer that nobody waits for any more; only a log ever shows it."""


class Call:
    """One request on its way through a thread. `gone`: nobody waits for the answer any more."""

    def __init__(self) -> None:
        self.gone = False
        self._lock = threading.Lock()
        self._connections: Sequence[Any] = ()

    @contextlib.contextmanager
    def in_this_thread(self) -> Iterator[None]:
        """While the block runs, the queries of this thread belong to this request."""
        with self._lock:
            self._connections = connections.all()
        try:
            yield
        finally:
            with self._lock:
                self._connections = ()

    def cancel_query(self) -> None:
        """Cancel the query that the request waits for, if it does; may wait for the database."""
        # Under the lock, so that the cancellation cannot meet the thread's next request.
        with self._lock:
            for raw in [wrapper.connection for wrapper in self._connections]:
                if raw is not None and raw.info.transaction_status == TRANSACTION_STATUS_ACTIVE:
                    raw.cancel()

    async def abandon(self, work: asyncio.Task[None]) -> None:
        """Give the answer up and see to it that *work*, which makes it, ends."""
        self.gone = True
        while not work.done():
            await asyncio.get_running_loop().run_in_executor(None, self.cancel_query)
            await asyncio.wait({work}, timeout=CANCEL_SECONDS)


class DjangoThreads:
    """ASGI application around *application*; each thread keeps its database connections."""

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self._application = application
        self._wsgi: Any = WSGIMiddleware(self._answer, workers=threads)
        self._calls: dict[Call, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call()
        # A write is finished whether or not somebody waits for the answer.
        watched = scope["method"] in READING_METHODS and not has_body(scope)
        source = no_body if watched else receive
        work = asyncio.create_task(self._wsgi({**scope, CALL: call}, source, sender(call, send)))
        watcher = asyncio.create_task(watch(call, receive, work)) if watched else None
        self._calls[call] = work
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:  # the server stops
            await self._abandon_all({call: work})
        except DATABASE_ERRORS:
            if not call.gone:
                raise
        finally:
            if watcher is not None:
                watcher.cancel()
            del self._calls[call]

    async def close(self) -> None:
        """Give up every answer that is still being made, and end the threads."""
        await self._abandon_all(dict(self._calls))
        self._wsgi.executor.shutdown(wait=False, cancel_futures=True)

    async def _abandon_all(self, calls: dict[Call, asyncio.Task[None]]) -> None:
        abandoning = asyncio.gather(*(call.abandon(work) for call, work in calls.items()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(abandoning, CLOSE_SECONDS)
        for work in calls.values():
            if work.done() and not work.cancelled() and (error := work.exception()):
                log.info("A given-up answer ended with: %s", error)

    def _answer(self, environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        """The response's pieces, for as long as somebody waits for them; runs in a thread."""
        call: Call = environ["asgi.scope"][CALL]
        if call.gone:  # while it waited for a thread
            start_response(f"{CLIENT_CLOSED_REQUEST} Client Closed Request", [])
            return
        with call.in_this_thread():
            response = self._application(environ, start_response)
            try:
                yield from gathered(response, call)
            finally:
                getattr(response, "close", lambda: None)()


class AbandonedMiddleware:
    """Takes the error of a cancelled query for what it is when nobody waits for the answer any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        call = request.META.get("asgi.scope", {}).get(CALL)
        if call is None or not call.gone or not isinstance(error, DATABASE_ERRORS):
            return None
        return HttpResponse(status=CLIENT_CLOSED_REQUEST)


def gathered(pieces: Iterable[bytes], call: Call) -> Iterator[bytes]:
    """*pieces* in larger ones; the first, and any that come slowly, at once."""
    waiting: list[bytes] = []
    size = 0
    sent_at = 0.0
    for piece in pieces:
        if call.gone:
            return
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE_BYTES or time.monotonic() - sent_at >= PIECE_SECONDS:
            yield b"".join(waiting)
            waiting, size, sent_at = [], 0, time.monotonic()
    if waiting:
        yield b"".join(waiting)


def has_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


async def no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def watch(call: Call, receive: Receive, work: asyncio.Task[None]) -> None:
    """Abandon *call* when its client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await call.abandon(work)


def sender(call: Call, send: Send) -> Send:
    """*send* that never fails and never waits for ever, as `a2wsgi` needs it; drops what nobody takes."""

    async def give(message: Message) -> None:
        if call.gone:
            return
        try:
            async with asyncio.timeout(STALL_SECONDS):
                await send(message)
        except (OSError, TimeoutError):
            call.gone = True

    return give
