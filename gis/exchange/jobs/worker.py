"""The process that runs jobs: the queue's own worker, which ends when it is told to without losing what it runs."""

import os
import signal
import sys
import threading
from types import FrameType

from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks_db.management.commands.db_worker import Worker

from gis.exchange.jobs.watch import stopping

LOOK_SECONDS = 0.5
"""Between two looks into an empty queue; as long a worker may take to see that it is to end."""


class JobWorker(Worker):
    """Told to end, it ends the job that it runs (which is begun again or offered for that), and takes no other."""

    def __init__(self, *, batch: bool = False) -> None:
        super().__init__(
            queue_names=[DEFAULT_TASK_QUEUE_NAME],
            excluded_queue_names=[],
            interval=LOOK_SECONDS,
            batch=batch,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """However often it is told: a task between the queue and its first line is not lost to an impatient exit."""
        stopping.set()
        self.running = False


def run_jobs(*, batch: bool = False, with_parent: bool = False) -> None:
    """Run jobs in this process until a signal; *batch*: until none waits; *with_parent*: until stdin ends."""
    worker = JobWorker(batch=batch)
    worker.configure_signals()
    _hear_signals()
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    worker.run()


def _hear_signals() -> None:
    """Have signals seen by a thread too: Python runs their handlers in the main thread alone, which may be waiting
    for the database for minutes."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)

    def listen() -> None:
        while heard := os.read(told, 64):
            if {signal.SIGINT, signal.SIGTERM}.intersection(heard):
                stopping.set()

    threading.Thread(target=listen, daemon=True).start()


def _end_with_parent() -> None:
    """The supervisor holds the other end of stdin; it closes when that process dies, however it dies."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
