"""Waits for NOTIFY on one connection of its own, and finds a new one whenever that is lost."""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import psycopg2
from django.db import connections

from gis.live.outbox import CHANNEL

log = logging.getLogger(__name__)

APPLICATION_NAME = "halong live listener"
"""Of the connection, as `pg_stat_activity` shows it."""
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0
"""Seconds before the first and between later attempts to connect again."""


class Listener:
    """Calls *wake* in the event loop after each NOTIFY, and once whenever it begins to listen.

    What happened between two connections is not told again: the outbox is the truth, this only a wake-up.
    """

    def __init__(self, wake: Callable[[], None], threads: Executor) -> None:
        self._wake = wake
        self._threads = threads
        self.listening = False

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY
        while True:
            try:
                connection = await loop.run_in_executor(self._threads, listening_connection)
            except psycopg2.Error as error:
                log.warning("Cannot listen to the database: %s", error)
                await asyncio.sleep(delay * random.uniform(0.5, 1))
                delay = min(2 * delay, LONGEST_DELAY)
            else:
                delay = FIRST_DELAY
                await self._listen(connection)
                log.warning("The database ended the listener's connection.")
                await asyncio.sleep(delay * random.uniform(0.5, 1))

    async def _listen(self, connection: Any) -> None:
        """Until the connection is lost."""
        loop = asyncio.get_running_loop()
        lost = asyncio.Event()
        # Kept: a connection that was killed has no fileno() any more, and a reader that is not removed spins.
        descriptor = connection.fileno()
        loop.add_reader(descriptor, self._receive, connection, lost)
        self.listening = True
        self._wake()
        try:
            await lost.wait()
        finally:
            self.listening = False
            loop.remove_reader(descriptor)
            connection.close()

    def _receive(self, connection: Any, lost: asyncio.Event) -> None:
        try:
            connection.poll()
        except psycopg2.Error:
            lost.set()
            return
        if connection.notifies:
            connection.notifies.clear()
            self._wake()
        if connection.closed:
            lost.set()


def listening_connection() -> Any:
    """A new autocommit connection that listens; it finds out within a minute that the other end is gone."""
    connection = psycopg2.connect(
        **{
            **connections["default"].get_connection_params(),
            "application_name": APPLICATION_NAME,
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return connection
