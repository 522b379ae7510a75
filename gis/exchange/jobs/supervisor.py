"""Keeps worker processes alive and does the upkeep beside them."""

import logging
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from gis.exchange.jobs import upkeep

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks for jobs whose worker died."""
PRUNE_SECONDS = 600
STOP_SECONDS = 10.0
"""What a worker gets to end its job; then it is killed, and the job is found by the next supervisor."""
RESTART_SECONDS = 1.0
"""Before a worker that died is replaced, so that one that cannot start does not take a core."""


class Supervisor:
    """*processes* workers, each replaced when it dies."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.workers: list[subprocess.Popen[bytes]] = []
        self.told_to_end = threading.Event()
        self._pruned = 0.0

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        self.workers = [self._worker() for _ in range(self.processes)]
        try:
            while not self.told_to_end.wait(LOOK_SECONDS):
                self._replace_the_dead()
                self._keep_up()
        finally:
            self._stop()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.told_to_end.set()

    def _worker(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "work", "--inside"]
        return subprocess.Popen(command, stdin=subprocess.PIPE)

    def _replace_the_dead(self) -> None:
        for place, worker in enumerate(self.workers):
            if worker.poll() is not None:
                log.error("Worker %d ended with code %d; another takes its place.", worker.pid, worker.returncode)
                self.told_to_end.wait(RESTART_SECONDS)
                self.workers[place] = self._worker()

    def _keep_up(self) -> None:
        close_old_connections()
        try:
            if found := upkeep.recover():
                log.warning("%d jobs were found whose worker was gone.", found)
            if time.monotonic() - self._pruned > PRUNE_SECONDS or not self._pruned:
                self._pruned = time.monotonic()
                upkeep.prune()
        except DatabaseError:
            log.exception("The upkeep of the jobs did not succeed; it is tried again.")

    def _stop(self) -> None:
        for worker in self.workers:
            if worker.stdin is not None:
                worker.stdin.close()
            worker.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self.workers:
            try:
                worker.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
