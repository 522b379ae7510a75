"""The drawing processes: a few, kept warm, one picture at a time each, replaced when they fail.

Threads of the web process share them. A process that dies, hangs or answers wrongly costs the one picture it
was drawing. They end with the web process, however that ends: their socket closes.
"""

import json
import logging
import os
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gis.problems import Unavailable

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("worker.py")
STEADY_RENDERS = 1000
"""Pictures that a process draws before a fresh one takes its place, so that leaks stay small."""
PASSED_ON = ("PATH", "LANG", "TZ", "TMPDIR", "HOME")
"""Variables that a process gets, and PG*: nothing of PROJ or GDAL, and no keys."""


class Died(Exception):
    """The process ended, hung or answered nonsense."""


class Refused(Exception):
    """The process could not do what was ordered; *link*: only its database connection was broken."""

    def __init__(self, reason: str, link: bool) -> None:
        self.link = link
        super().__init__(reason)


class Drawer:
    """One process and the socket to it. Not for two threads at once."""

    def __init__(self) -> None:
        self.drawn = 0
        self._link, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(PROGRAM), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=drawing_environment(),
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, order: dict[str, Any], seconds: float) -> bytes:
        """The answer to *order*. Raises `Refused`, or `Died` when there is none within *seconds*."""
        deadline = time.monotonic() + seconds
        text = json.dumps(order).encode()
        try:
            self._link.settimeout(seconds)
            self._link.sendall(struct.pack("!I", len(text)) + text)
            (size,) = struct.unpack("!I", self._receive(4, deadline))
            header = json.loads(self._receive(size, deadline))
            self.drawn += 1
            if "error" in header:
                raise Refused(header["error"], header["link"])
            return self._receive(header["length"], deadline)
        except (OSError, struct.error, ValueError) as error:
            raise Died(f"{type(error).__name__}: {error}") from error

    def ask_again(self, order: dict[str, Any], seconds: float) -> bytes:
        """Like `ask`; a database connection found broken (the server was restarted) is made anew once."""
        try:
            return self.ask(order, seconds)
        except Refused as refusal:
            if not refusal.link:
                raise
            return self.ask(order, seconds)

    def close(self) -> None:
        self._link.close()
        self.process.kill()
        self.process.wait()

    def _receive(self, size: int, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            self._link.settimeout(max(deadline - time.monotonic(), 0.001))
            part = self._link.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise ConnectionError("the process ended")
            parts += part
        return bytes(parts)


class Pool:
    """*size* processes for any number of threads.

    *seconds*: how long a picture may take; *patience*: how long a request waits for a free process;
    *waiting*: how many requests may wait at once, more are turned away.
    """

    def __init__(
        self,
        size: int,
        *,
        seconds: float = 20,
        patience: float = 20,
        waiting: int = 32,
        renders: int = STEADY_RENDERS,
    ) -> None:
        self.seconds = seconds
        self.patience = patience
        self.renders = renders
        self._seats = threading.BoundedSemaphore(size + waiting)
        self._idle: queue.LifoQueue[Drawer | None] = queue.LifoQueue()
        for _seat in range(size):
            self._idle.put(None)
        self.size = size

    def ask(self, order: dict[str, Any]) -> bytes:
        """The answer of some process to *order*. Raises `Unavailable` when all are busy or it failed."""
        if not self._seats.acquire(blocking=False):
            raise Unavailable(_("Too many pictures are being drawn. Try again in a moment."))
        try:
            return self._ask(order)
        finally:
            self._seats.release()

    def warm(self) -> None:
        """Start every process and wait until it can draw. Raises `Died` when one cannot start."""
        drawers = [self._take() for _seat in range(self.size)]
        try:
            for drawer in drawers:
                drawer.ask({"do": "ready"}, self.seconds)
        finally:
            for drawer in drawers:
                self._put_back(drawer)

    def close(self) -> None:
        """End the processes, each after the picture it is at; a later request starts new ones."""
        drawers = [self._idle.get(timeout=self.patience + self.seconds) for _seat in range(self.size)]
        for drawer in drawers:
            if drawer:
                drawer.close()
            self._idle.put(None)

    def _ask(self, order: dict[str, Any]) -> bytes:
        drawer = self._take()
        try:
            return drawer.ask_again(order, self.seconds)
        except Refused as refusal:
            log.error("A picture could not be drawn: %s", refusal)
            raise Unavailable(_("The picture could not be drawn.")) from None
        except Died as death:
            log.error("A drawing process failed and is replaced: %s", death)
            drawer.close()
            raise Unavailable(_("The picture could not be drawn in time.")) from None
        except BaseException:  # its answer may still come, and must not become the next request's
            drawer.close()
            raise
        finally:
            self._put_back(drawer)

    def _take(self) -> Drawer:
        try:
            drawer = self._idle.get(timeout=self.patience)
        except queue.Empty:
            raise Unavailable(_("Too many pictures are being drawn. Try again in a moment.")) from None
        if drawer and drawer.alive:
            return drawer
        if drawer:
            log.error("A drawing process ended by itself (%s) and is replaced.", drawer.process.returncode)
            drawer.close()
        return self._started()

    def _started(self) -> Drawer:
        try:
            return Drawer()
        except OSError:
            self._idle.put(None)
            raise

    def _put_back(self, drawer: Drawer) -> None:
        """Free the seat; a process that is worn out or dead makes way for one that gets ready meanwhile."""
        if drawer.alive and drawer.drawn < self.renders:
            self._idle.put(drawer)
            return
        drawer.close()
        self._idle.put(self._started())


def drawing_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("PG")} | {
        "LC_ALL": "C.UTF-8"
    }


_shared: Pool | None = None
_lock = threading.Lock()


def shared_pool() -> Pool:
    """The pool of this process, made on first use."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Pool(settings.MAP_WORKERS)
        return _shared


def _forget_shared() -> None:
    """A forked child must not talk over its parent's sockets."""
    global _shared, _lock
    _shared, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_shared)
