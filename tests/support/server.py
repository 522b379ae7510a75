"""A real server: uvicorn in a process of its own, on a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import requests

from gis.environment import ROOT
from support.databases import role_urls

START_SECONDS = 60
STOP_SECONDS = 10


@dataclass
class Server:
    """A running server. *urls* holds each role's connection to its database."""

    port: int
    database: str
    urls: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return self.urls["DATABASE_URL"]

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "gis.asgi:application", "--host", "127.0.0.1"]
        options = ["--port", str(self.port), "--log-level", "warning", "--timeout-graceful-shutdown", "2"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, env=self.full_environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if requests.get(f"{self.url}/healthz", timeout=5).ok:
                    return
            except requests.RequestException:  # not listening yet, or slow to answer on a busy machine
                time.sleep(0.1)
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def full_environment(self) -> dict[str, str]:
        return {**os.environ, **self.urls, **self.environment, "DJANGO_SETTINGS_MODULE": "gis.settings"}

    def manage(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` on this server's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.full_environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def sql(self, statement: str, parameters: Any = None, role: str = "DATABASE_URL") -> list[tuple[Any, ...]]:
        """Rows of one committed statement in the server's database."""
        connection = psycopg2.connect(self.urls[role])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def session(self, username: str, password: str) -> requests.Session:
        """A signed-in HTTP session."""
        session = requests.Session()
        address = f"{self.url}/accounts/login/"
        session.get(address, timeout=30)
        session.headers["Referer"] = address
        form = {
            "username": username,
            "password": password,
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        answer = session.post(address, data=form, timeout=30, allow_redirects=False)
        assert answer.status_code == 302, answer.text[:500]
        session.headers["X-CSRFToken"] = session.cookies["csrftoken"]
        return session


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running_server(database: str, folder: Path, **environment: str) -> Iterator[Server]:
    """A server on *database* for as long as the block runs; extra variables by keyword."""
    server = Server(free_port(), database, role_urls(database), folder / "server.log", environment=environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()
