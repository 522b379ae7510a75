"""The server ends soon after it is told to, whatever its clients are doing, however it was started."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2
import pytest
import requests

from gis.environment import ROOT
from support.databases import role_urls
from support.server import free_port
from support.streams import EventStream

HEEDING = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""As in a terminal: processes that share the tests ignore SIGINT, and what they start inherits that."""
STOP_SECONDS = 20
"""On a busy machine; a server that waited for its streams or for a lock would never end."""
STREAMS = 20


@contextmanager
def started(database: str, log: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """uvicorn as one would start it by hand, and its port."""
    port = free_port()
    server = [sys.executable, "-m", "uvicorn", "gis.asgi:application", "--port", str(port), *options]
    command = [sys.executable, "-c", HEEDING, *server]
    environment = {**role_urls(database), "DJANGO_SETTINGS_MODULE": "gis.settings", "PATH": "/usr/bin"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_healthy(port)
        yield process, port
    finally:
        process.kill()
        process.wait()


def wait_until_healthy(port: int) -> None:
    for _ in range(600):
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.mark.parametrize(
    ("told", "options"),
    [
        (signal.SIGINT, []),
        (signal.SIGTERM, ["--timeout-graceful-shutdown", "1"]),
        (signal.SIGINT, ["--workers", "2"]),
    ],
    ids=["by hand", "as a service", "with several processes"],
)
def test_open_streams_and_waiting_requests_end_with_the_server(
    database: str, tmp_path: Path, told: signal.Signals, options: list[str]
) -> None:
    with started(database, tmp_path / "log", *options) as (server, port), ExitStack() as stack:
        streams = [stack.enter_context(EventStream(f"http://127.0.0.1:{port}")) for _ in range(STREAMS)]
        locking = psycopg2.connect(role_urls(database)["DATABASE_OWNER_URL"])
        stack.callback(locking.close)
        locking.cursor().execute("LOCK TABLE live_event")
        waiting = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        waiting.sendall(b"GET /live/snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(0.3)
        server.send_signal(told)
        server.wait(STOP_SECONDS)
        assert all(stream.ended.wait(STOP_SECONDS) for stream in streams)
