"""The one task of the queue: run a job."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from gis.access.grants import viewer_of
from gis.access.viewer import Viewer
from gis.exchange.jobs import kinds
from gis.exchange.jobs.models import Job, State, result_path, results_folder
from gis.exchange.jobs.starting import again, enqueue
from gis.exchange.jobs.watch import Watch, stopping
from gis.exchange.jobs.work import Cancelled, Work
from gis.problems import Forbidden, Problem

log = logging.getLogger(__name__)

SCRATCH = "scratch-"
MESSAGE_LENGTH = 2000


@task()
def run_job(job_id: str) -> str:
    """Run the job, unless it was cancelled or runs elsewhere; returns the state that it ended in."""
    job = Job.objects.select_related("owner").filter(pk=job_id).first()
    if job is None:
        return "gone"
    with scratch_folder() as scratch, translation.override(job.language):
        work = Work(Viewer.public(), scratch)
        with Watch(job.pk, work) as watch:
            if not watch.held or not _claim(job):
                return "not to be run"
            state, message = _perform(job, work, watch)
            watch.rest()
            _settle(job, work, state, message)
    return state


def _claim(job: Job) -> bool:
    claimed = Job.objects.filter(pk=job.pk, state=State.WAITING)
    return bool(claimed.update(state=State.RUNNING, started=Now(), heartbeat=Now(), ending=False, message=""))


def _perform(job: Job, work: Work, watch: Watch) -> tuple[State, str]:
    """Do the work; the state to end in, and the word for the owner. `WAITING`: to be begun again."""
    try:
        kind = _kind_of(job)
        work.viewer = viewer_today(job, kind)
        return State.DONE, kind.function(work, **job.arguments) or ""
    except Problem as problem:
        return State.FAILED, str(problem)
    except Exception as error:  # noqa: BLE001  (a job may fail in any way; the worker goes on)
        return _interrupted(job, work, watch, error)


def _interrupted(job: Job, work: Work, watch: Watch, error: Exception) -> tuple[State, str]:
    """Why the work ended with *error*: it was told to, or it is broken."""
    if not work.ending.is_set():
        log.error("Job %s (%s) failed.", job.pk, job.kind, exc_info=error)
        return State.FAILED, _("Something went wrong on our side. It has been logged.")
    if not isinstance(error, Cancelled):
        log.info("Job %s ended with %r after it was told to end.", job.pk, error)
    if watch.cancelled:
        return State.CANCELLED, ""
    if stopping.is_set() and kinds.get(job.kind).repeatable:
        return State.WAITING, ""
    if watch.lost:
        return State.FAILED, _("The connection to the database broke.")
    return State.FAILED, _("The worker was stopped before the job was done.")


def _kind_of(job: Job) -> kinds.Kind:
    kind = kinds.find(job.kind)
    if kind is None:
        raise Problem(_("This kind of work does not exist any more."))
    return kind


def viewer_today(job: Job, kind: kinds.Kind) -> Viewer:
    """Who the owner is by now. Raises `Forbidden` where he is deactivated or lost the roles that *kind* needs."""
    viewer = viewer_of(job.owner)
    if not viewer.signed_in:
        raise Forbidden(_("The account that asked for this is not active any more."))
    if kind.roles is not None:
        viewer.require(kind.roles, None)
    return viewer


def _settle(job: Job, work: Work, state: State, message: str) -> None:
    """Write how the job ended, with its result; a job whose worker stops goes back into the queue."""
    close_old_connections()
    running = Job.objects.filter(pk=job.pk, state=State.RUNNING)
    if state == State.WAITING:
        with transaction.atomic():
            if running.update(state=State.WAITING, started=None, heartbeat=None, done=0, total=None):
                enqueue(job)
        return
    changes = {"state": state, "message": message[:MESSAGE_LENGTH], "finished": Now()}
    changes |= {"total": work.total, "done": work.done if work.total is None else min(work.done, work.total)}
    if state == State.DONE and work.attachment is not None:
        result = result_path(job.pk)
        work.attachment.path.replace(result)
        changes |= {
            "result_name": work.attachment.name,
            "result_type": work.attachment.content_type,
            "result_bytes": result.stat().st_size,
            "result_until": timezone.now() + timedelta(hours=settings.JOB_RESULT_HOURS),
        }
    if not running.update(**changes):
        result_path(job.pk).unlink(missing_ok=True)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder beside the results, so that a finished file is moved there and not copied."""
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=results_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def abandoned(job: Job, message: str) -> None:
    """*job* ran in a worker that is gone: end it, and begin it again where its kind allows that and it is the first
    time. Inside a transaction that holds its lock."""
    state = State.CANCELLED if job.ending else State.FAILED
    Job.objects.filter(pk=job.pk).update(state=state, message="" if job.ending else message, finished=Now())
    kind = kinds.find(job.kind)
    if state == State.FAILED and kind is not None and kind.repeatable and job.attempt < settings.JOB_ATTEMPTS:
        again(job)
