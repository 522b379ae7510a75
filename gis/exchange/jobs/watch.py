"""The side door of a running job: a connection of its own on which its progress is told and its end is asked for.

The work's own transaction may last for minutes; what is written here is seen at once. The connection holds an
advisory lock as long as the job runs. PostgreSQL gives it back when the process dies, however it dies: whoever can
take the lock of a running job knows that its worker is gone, and while one holds it no other can run the same job.
"""

import logging
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from gis.exchange.jobs.work import Work

log = logging.getLogger(__name__)

BEAT_SECONDS = 0.5
"""Between two signs of life; as often is looked whether the job is to end."""
LOCK_SECONDS = 2
"""How long a job waits for whoever just looked whether it is alive."""
LOCK_KEY = "hashtextextended('jobs_job ' || %s, 0)"

stopping = threading.Event()
"""Set when this process is to end: what runs is ended too."""


class Watch:
    """Holds the job's lock and tells its progress while the block runs.

    `held` is False where another process runs the job. `cancelled` and `lost` say why the work was told to end:
    because somebody cancelled it, or because the connection broke and the job may be begun again elsewhere.
    """

    def __init__(self, job_id: UUID, work: Work) -> None:
        self.job_id, self.work = job_id, work
        self.held = self.cancelled = self.lost = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="watch of a job", daemon=True)
        self._side: BaseDatabaseWrapper = connections["default"].copy()
        self._side.inc_thread_sharing()
        # The work's own connections, whose waiting queries are ended with it.
        self._others = [connections[alias] for alias in connections]

    def __enter__(self) -> "Watch":
        try:
            self._lock()
        except DatabaseError:
            self._side.close()
        if self.held:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back, after the job's last state has been written inside the block."""
        self.rest()
        self._side.close()

    def rest(self) -> None:
        """End the thread; the lock stays."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _lock(self) -> None:
        with self._side.cursor() as cursor:
            cursor.execute("SET application_name = 'halong job'")
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
            cursor.execute(f"SELECT pg_advisory_lock({LOCK_KEY})", [str(self.job_id)])
        self.held = True

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._tell()
            except DatabaseError:
                log.exception("The connection that watches job %s broke; the job is ended.", self.job_id)
                self.lost = True
            if (self.cancelled or self.lost or stopping.is_set()) and not self.work.ending.is_set():
                self.work.ending.set()
                self._end_queries()
            if self.lost:
                return

    def _tell(self) -> None:
        done, total = self.work.done, self.work.total
        with self._side.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_job SET heartbeat = now(), total = %s, done = least(%s, %s)"
                " WHERE id = %s RETURNING ending",
                [total, done, total, self.job_id],
            )
            row: tuple[Any, ...] | None = cursor.fetchone()
        self.cancelled = row is None or bool(row[0])

    def _end_queries(self) -> None:
        """Have the statements that the work waits for end at once; they raise in the work's thread."""
        for other in self._others:
            if other.connection is not None:
                with suppress(Exception):
                    other.connection.cancel()


def locked_elsewhere(cursor: Any, job_id: UUID) -> bool:
    """Whether a living worker runs the job; where none does, the lock is ours until the transaction ends."""
    cursor.execute(f"SELECT NOT pg_try_advisory_xact_lock({LOCK_KEY})", [str(job_id)])
    return bool(cursor.fetchone()[0])
