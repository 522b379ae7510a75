"""One viewer's open stream: what waits to be told to him, and the writing of it.

The request's own task only waits for the viewer to leave; a short task writes whenever there is something.
A viewer thus costs one task, and one who went away is noticed at once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

from gis.live import frames

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Slot = Hashable

LAG_BYTES = 1024 * 1024
"""Of frames that wait for one viewer; beyond that they are dropped, and he is told to reset."""
HEARTBEAT_SECONDS = 15.0
LIFE_SECONDS = 600.0
"""A stream ends after this time and the viewer comes again: with the rights he has then."""
GRACE_SECONDS = 15.0
"""A viewer who takes nothing is given up so long after his stream should have ended."""
RETRY_MS = (1000, 5000)
"""Viewers wait a random time before a new try, so that a restart does not bring all of them at once."""

RESET: Slot = "reset"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """*audiences*: as whom he is told of each topic; *after*: the number of the last event he knows; *user_id*:
    his account."""

    __slots__ = (
        "_bytes", "_ending", "_known", "_loop", "_open", "_send", "_task", "_waiting", "_writer",
        "after", "audiences", "beat_at", "end_at", "user_id",
    )  # fmt: skip

    def __init__(self, audiences: Mapping[str, Hashable], after: int, send: Send, user_id: int | None = None) -> None:
        self.audiences = audiences
        self.user_id = user_id
        self.after = self._known = after
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._waiting: dict[Slot, bytes] = {}
        self._bytes = 0
        self._open = False
        self._ending = False
        self._writer: asyncio.Task[None] | None = None
        now = self._loop.time()
        self.beat_at = now + HEARTBEAT_SECONDS
        self.end_at = now + LIFE_SECONDS * random.uniform(0.9, 1)

    def offer(self, number: int, slot: Slot, frame: bytes) -> None:
        """Tell event *number*, in place of what still waits in the same *slot*; frames must come in order."""
        if number <= self.after:
            return
        self.after = number
        self._bytes -= len(self._waiting.pop(slot, b""))
        if self._waiting and self._bytes + len(frame) > LAG_BYTES:
            self.reset(number)
            return
        self._waiting[slot] = frame
        self._bytes += len(frame)
        self._wake()

    def reset(self, number: int) -> None:
        """Tell him that events up to *number* were left out."""
        self.after = number
        frame = frames.reset(number)
        self._waiting = {RESET: frame}
        self._bytes = len(frame)
        self._wake()

    def beat(self, number: int) -> None:
        """Keep the line open; everything up to *number* was offered to him."""
        if not self._waiting and self._writer is None:
            self.after = max(self.after, number)
            self._waiting["heartbeat"] = frames.heartbeat(self.after)
            self._wake()

    def end(self) -> None:
        """Write what waits, then end the response."""
        self._ending = True
        self._wake()

    def revoke(self) -> None:
        """His rights have changed: tell him nothing more as the viewer he was, and let him come again."""
        self.audiences = {}
        self.end()

    def give_up(self) -> None:
        """Let go of a viewer who takes nothing."""
        if self._task is not None:
            self._task.cancel()

    async def serve(self, receive: Receive) -> None:
        """Begin the response, write until the viewer leaves or the stream ends."""
        try:
            await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._write_chunk(frames.greeting(random.randint(*RETRY_MS), self._known))
            self._open = True
            self._wake()
            while (await receive())["type"] != "http.disconnect":
                pass
        except (asyncio.CancelledError, OSError):
            pass  # the request's outermost frame: he was given up or left, or the server stops
        finally:
            self._open = False
            if self._writer is not None:
                self._writer.cancel()

    def _wake(self) -> None:
        if self._open and self._writer is None:
            self._writer = self._loop.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._waiting:
                chunk = b"".join(self._waiting.values())
                self._waiting = {}
                self._bytes = 0
                await self._write_chunk(chunk)
            if self._ending:
                self._open = False
                await self._write_chunk(b"", more=False)
        except OSError:
            self._open = False  # he left; receive() says so too
        finally:
            self._writer = None

    async def _write_chunk(self, chunk: bytes, *, more: bool = True) -> None:
        self.beat_at = self._loop.time() + HEARTBEAT_SECONDS
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
