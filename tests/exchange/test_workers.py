"""Workers as processes: killed, stopped, several at once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from gis.access.grants import viewer_of
from gis.access.models import User
from gis.exchange.jobs import start
from gis.exchange.jobs.models import Job
from support.databases import role_urls
from support.jobs import state_of, wait_for, worker

SECONDS_TO_END = 5


def ask(layer: str = "parcels") -> Job:
    return start("verify_layer", viewer_of(User.objects.get(username="operator")), layer, layer=layer)


@contextmanager
def nobody_reads_parcels(database: str) -> Iterator[None]:
    """Whoever wants to read parcels waits until the block is left: a job is under way for as long as a test likes."""
    connection = psycopg2.connect(role_urls(database)["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE land_parcel IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        connection.close()


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    """The workers that a supervisor runs."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_a_job_whose_worker_is_killed_is_done_by_the_one_that_takes_its_place(
    fresh_database: str, tmp_path: Path
) -> None:
    first = ask()
    with worker(fresh_database, str(tmp_path)) as supervisor:
        with nobody_reads_parcels(fresh_database):
            wait_for(lambda: state_of(first) == "running")
            (victim,) = children(supervisor)
            os.kill(victim, signal.SIGKILL)
            wait_for(lambda: state_of(first) == "failed")
        wait_for(lambda: Job.objects.filter(retry_of=first, state="done").exists())
    assert first.message
    second = Job.objects.get(retry_of=first)
    assert second.attempt == 2 and second.result_bytes


def test_a_job_of_a_supervisor_that_was_killed_with_all_it_ran_is_found_by_the_next(
    fresh_database: str, tmp_path: Path
) -> None:
    job = ask()
    with nobody_reads_parcels(fresh_database), worker(fresh_database, str(tmp_path)):
        wait_for(lambda: state_of(job) == "running")
    assert state_of(job) == "running", "nobody was left to say otherwise"
    with worker(fresh_database, str(tmp_path)):
        wait_for(lambda: Job.objects.filter(retry_of=job, state="done").exists())
    assert state_of(job) == "failed"


def test_workers_end_with_their_supervisor_however_it_dies(fresh_database: str, tmp_path: Path) -> None:
    with worker(fresh_database, str(tmp_path), "--processes", "2") as supervisor:
        wait_for(lambda: len(children(supervisor)) == 2)
        ask("communes")
        wait_for(lambda: Job.objects.filter(state="done").exists())
        workers = children(supervisor)
        supervisor.kill()
        wait_for(lambda: not any(is_alive(pid) for pid in workers), SECONDS_TO_END)


def is_alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_end_puts_its_job_back_and_ends(
    fresh_database: str, tmp_path: Path, told: signal.Signals
) -> None:
    job = ask()
    with nobody_reads_parcels(fresh_database), worker(fresh_database, str(tmp_path)) as supervisor:
        wait_for(lambda: state_of(job) == "running")
        os.killpg(supervisor.pid, told)
        assert supervisor.wait(SECONDS_TO_END) == 0
        assert state_of(job) == "waiting"
    with worker(fresh_database, str(tmp_path), "--batch") as second:
        assert second.wait(30) == 0
    assert state_of(job) == "done" and job.attempt == 1
    assert [path.name for path in tmp_path.iterdir()] == [f"{job.pk}.result"]


def test_cancelling_reaches_a_job_in_another_process_within_moments(fresh_database: str, tmp_path: Path) -> None:
    job = ask()
    with nobody_reads_parcels(fresh_database), worker(fresh_database, str(tmp_path)):
        wait_for(lambda: state_of(job) == "running")
        Job.objects.filter(pk=job.pk).update(ending=True)
        wait_for(lambda: state_of(job) == "cancelled", SECONDS_TO_END)


def test_two_workers_share_the_jobs_and_none_is_run_twice(fresh_database: str, tmp_path: Path) -> None:
    jobs = [ask(layer) for layer in ("parcels", "forest_plots", "communes")]
    with worker(fresh_database, str(tmp_path), "--processes", "2"):
        wait_for(lambda: all(state_of(job) == "done" for job in jobs))
    assert not Job.objects.exclude(attempt=1).exists()
    assert len(list(tmp_path.iterdir())) == len(jobs)


def test_a_number_of_processes_that_cannot_be_is_refused(fresh_database: str, tmp_path: Path) -> None:
    with worker(fresh_database, str(tmp_path), "--processes", "0") as refused:
        assert refused.wait(30) != 0
