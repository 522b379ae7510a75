"""Asking for work, asking again, and asking it to end."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gis.access.roles import ADMIN
from gis.access.viewer import Viewer
from gis.exchange.jobs import kinds
from gis.problems import Conflict, Forbidden, Problem, SignInNeeded

if TYPE_CHECKING:
    from gis.exchange.jobs.models import Job

TITLE_LENGTH = 200


class TooManyJobs(Problem):
    """The viewer has as many jobs under way as one may have; one must end first."""

    status = 429
    code = "too-many-jobs"
    title = gettext_lazy("You have too many jobs under way")


def start(kind: str, viewer: Viewer, title: str, **arguments: Any) -> "Job":
    """Ask for work of *kind* in the background, called *title* on its owner's page; *arguments* are plain JSON.

    Part of the caller's transaction, if there is one. Raises `SignInNeeded`, `Forbidden` or `TooManyJobs`.
    """
    from gis.exchange.jobs.models import Job  # this module is imported before the models can be

    owner = _require(kinds.get(kind), viewer)
    with transaction.atomic():
        _require_room(owner)
        job = Job.objects.create(
            kind=kind,
            title=str(title)[:TITLE_LENGTH],
            owner_id=owner,
            language=get_language() or settings.LANGUAGE_CODE,
            arguments=arguments,
        )
        enqueue(job)
    return job


def retry(job: "Job", viewer: Viewer) -> "Job":
    """A new job for the same work; the old one stays as it ended.

    Raises `Forbidden` for another's job, `Conflict` where there is nothing to repeat, `TooManyJobs`.
    """
    if job.owner_id != viewer.user_id:
        raise Forbidden(_("Only its owner can start a job again."))
    owner = _require(kinds.get(job.kind), viewer)
    with transaction.atomic():
        _require_room(owner)
        if not job.can_retry:
            raise Conflict(_("This job is not to be started again: it is under way, done, or started again already."))
        return again(job)


def again(job: "Job") -> "Job":
    """The next run of *job*, whose last one has ended. Inside a transaction."""
    from gis.exchange.jobs.models import Job

    successor = Job.objects.create(
        kind=job.kind,
        title=job.title,
        owner_id=job.owner_id,
        language=job.language,
        arguments=job.arguments,
        attempt=job.attempt + 1,
        retry_of=job,
    )
    enqueue(successor)
    return successor


def cancel(job: "Job", viewer: Viewer) -> None:
    """End *job*: at once where it waits, where it runs as soon as its worker sees it (a second or two).

    Raises `Forbidden` unless the viewer owns it or is an admin, `Conflict` where it has ended already.
    """
    from django.db.models.functions import Now

    from gis.exchange.jobs.models import Job, State

    if job.owner_id != viewer.user_id and not viewer.holds({ADMIN}, None):
        raise Forbidden(_("Only its owner can cancel a job."))
    this = Job.objects.filter(pk=job.pk)
    if this.filter(state=State.WAITING).update(state=State.CANCELLED, finished=Now(), message=""):
        return
    if not this.filter(state=State.RUNNING).update(ending=True):
        raise Conflict(_("This job has ended already."))


def enqueue(job: "Job") -> None:
    """Put *job* into the queue of tasks."""
    from gis.exchange.jobs.tasks import run_job

    queued = run_job.enqueue(job_id=str(job.pk))
    type(job).objects.filter(pk=job.pk).update(task=queued.id)


def _require(kind: kinds.Kind, viewer: Viewer) -> int:
    """The account of the viewer, who may ask for work of *kind*."""
    if viewer.user_id is None:
        raise SignInNeeded
    if kind.roles is not None:
        viewer.require(kind.roles, None)
    return viewer.user_id


def _require_room(owner: int) -> None:
    """Refuse a job too many. Inside a transaction: two requests of one user are counted one after the other."""
    from gis.exchange.jobs.models import Job

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jobs of a user'), %s)", [owner])
    if Job.objects.under_way().filter(owner_id=owner).count() >= settings.JOB_LIMIT:
        raise TooManyJobs(
            _("Jobs of yours that may wait or run at a time: %d. Wait until one ends, or cancel one.")
            % settings.JOB_LIMIT
        )
