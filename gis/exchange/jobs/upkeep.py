"""What the workers' supervisor does beside them: find what died, delete what is over."""

import shutil
import time
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gis.exchange.jobs.models import Job, State, results_folder
from gis.exchange.jobs.starting import enqueue
from gis.exchange.jobs.tasks import SCRATCH, abandoned
from gis.exchange.jobs.watch import locked_elsewhere

QUEUE_SECONDS = 15
"""A worker that took a task from the queue holds its job's lock within moments, or it died between the two."""
SCRATCH_HOURS = 48
"""After this long no job works in its folder any more."""


class Pruned(NamedTuple):
    """How many results were deleted because their time was over, jobs forgotten, and leftover files deleted."""

    results: int
    jobs: int
    leftovers: int


def recover() -> int:
    """End the jobs whose worker is gone (begun again where their kind allows), queue the lost ones; how many."""
    return sum(_recover(job_id) for job_id in Job.objects.under_way().values_list("pk", flat=True))


def _recover(job_id: UUID) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        if locked_elsewhere(cursor, job_id):
            return False
        job = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
        if job is None or not job.under_way:
            return False
        if job.state == State.WAITING:
            return _requeue(job)
        _forget_task(job)
        with translation.override(job.language):
            abandoned(job, _("The worker ended before the job was done."))
        return True


def _requeue(job: Job) -> bool:
    """Queue a waiting job whose task a worker took and never began, or that is not in the queue at all."""
    latest = timezone.now() - timedelta(seconds=QUEUE_SECONDS)
    queued = DBTaskResult.objects.filter(pk__in=_tasks_of(job))
    if queued.filter(status=TaskResultStatus.READY).exists() or job.asked > latest:
        return False
    if queued.filter(status=TaskResultStatus.RUNNING, started_at__gt=latest).exists():
        return False
    _forget_task(job)
    enqueue(job)
    return True


def _forget_task(job: Job) -> None:
    """A task that nobody runs any more is not left as running in the queue's own table."""
    left = DBTaskResult.objects.filter(pk__in=_tasks_of(job), status=TaskResultStatus.RUNNING)
    left.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())


def _tasks_of(job: Job) -> list[UUID]:
    return [job.task] if job.task else []


def prune() -> Pruned:
    """Delete results whose time is over, jobs that ended long ago, and files that belong to no job."""
    now = timezone.now()
    expired = Job.objects.exclude(result_name="").filter(result_until__lte=now)
    results = expired.update(result_name="", result_type="", result_bytes=None)
    long_ago = now - timedelta(days=settings.JOB_KEPT_DAYS)
    forgotten = Job.objects.filter(finished__lt=long_ago, result_name="").delete()[1].get("jobs.Job", 0)
    DBTaskResult.objects.finished().filter(finished_at__lt=long_ago).delete()
    return Pruned(results, forgotten, _delete_leftovers())


def _delete_leftovers() -> int:
    oldest = time.time() - SCRATCH_HOURS * 3600
    deleted = 0
    for path in results_folder().iterdir():
        if path.name.startswith(SCRATCH) and path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".result" and not _is_wanted(path.stem):
            path.unlink(missing_ok=True)
        else:
            continue
        deleted += 1
    return deleted


def _is_wanted(job_id: str) -> bool:
    """Whether a job has this result, or is just about to name it as its own. What is not named by us stays."""
    try:
        return Job.objects.filter(Q(finished__isnull=True) | ~Q(result_name=""), pk=job_id).exists()
    except ValidationError:
        return True
