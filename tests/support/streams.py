"""Reading event streams the way a browser does."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 15


@dataclass(frozen=True)
class Received:
    """One dispatched event; *id* is the last one seen when it came."""

    id: int
    event: str
    data: Any

    @property
    def key(self) -> str:
        key: str = self.data["key"]
        return key

    @property
    def payload(self) -> Any:
        return self.data["payload"]


class EventStream:
    """An open stream, read in a thread of its own. Use as a context manager."""

    def __init__(self, url: str, path: str = "/live/", headers: dict[str, str] | None = None) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        self._connection.connect()
        self._socket: socket.socket = self._connection.sock
        self._connection.request("GET", path, headers=headers or {})
        self.response = self._connection.getresponse()
        self.events: list[Received] = []
        self.comments: list[str] = []
        self.last_id = 0
        self.retry: int | None = None
        self.ended = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "EventStream":
        self._thread.start()
        if self.response.status == 200:
            self.wait(lambda: self.retry is not None)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, as a browser does whose page is closed."""
        with contextlib.suppress(OSError):  # the server may have been first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_SECONDS)
        self._connection.close()

    def wait(self, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        with self._news:
            if not self._news.wait_for(condition, seconds):
                raise AssertionError(f"Not within {seconds} s; received: {self.events}")

    def take(self, count: int, seconds: float = PATIENCE_SECONDS) -> list[Received]:
        """The first *count* events."""
        self.wait(lambda: len(self.events) >= count, seconds)
        return self.events[:count]

    def stays_silent(self, seconds: float = 0.4) -> bool:
        """Whether no further event comes for so long."""
        before = len(self.events)
        time.sleep(seconds)
        return len(self.events) == before

    @property
    def keys(self) -> list[str]:
        return [event.key for event in self.events]

    def _read(self) -> None:
        fields: dict[str, str] = {}
        # Hanging up while reading shows as any of these.
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            for line in self.response:
                self._line(line.decode().rstrip("\n"), fields)
        with self._news:
            self.ended.set()
            self._news.notify_all()

    def _line(self, line: str, fields: dict[str, str]) -> None:
        with self._news:
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            else:
                self._dispatch(fields)
                fields.clear()
            self._news.notify_all()

    def _dispatch(self, fields: dict[str, str]) -> None:
        self.last_id = int(fields.get("id", self.last_id))
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "data" in fields:
            self.events.append(Received(self.last_id, fields["event"], json.loads(fields["data"])))
