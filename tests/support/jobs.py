"""Running jobs in tests: in this process, or in workers of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gis.environment import ROOT
from gis.exchange.jobs.models import Job
from gis.exchange.jobs.worker import JobWorker
from support.databases import role_urls

SECONDS = 30


def run_waiting() -> None:
    """Run every job that waits, here and now; needs a database that can be committed to (`fresh_database`)."""
    JobWorker(batch=True).run()


@contextmanager
def worker(database: str, results: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py work` with *options* on *database*, ended when the block is left."""
    environment = {**os.environ, **role_urls(database), "JOB_RESULTS": results}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work", *options], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(holds: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Return as soon as *holds*; fails after *seconds*."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state
