"""Jobs: long work that somebody asked for, and what became of it. One row is one run; a retry is a row of its own."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis.access.models import User
from gis.access.roles import ADMIN
from gis.access.viewer import Viewer


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNDER_WAY = (State.WAITING, State.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, viewer: Viewer) -> "JobQuerySet":
        """One's own; admins see everybody's."""
        if not viewer.signed_in:
            return self.none()
        return self if viewer.holds({ADMIN}, None) else self.filter(owner_id=viewer.user_id)

    def under_way(self) -> "JobQuerySet":
        return self.filter(state__in=UNDER_WAY)


class Job(models.Model):
    """One run of one piece of work."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs")
    language = models.CharField(max_length=10)
    """In which the owner asked, and is answered."""
    arguments = models.JSONField[dict[str, Any]](default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)
    """The last word for the owner: what came of it, or why nothing did."""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    """How much there is to do, in the kind's own unit; None while that is not known."""
    asked = models.DateTimeField(db_default=Now())
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    """Last sign of life of the worker."""
    ending = models.BooleanField(default=False)
    """Its owner cancelled it while it ran; the worker has not ended it yet."""
    task = models.UUIDField(null=True)
    """The row of the task queue that will run it or has run it."""
    attempt = models.PositiveSmallIntegerField(default=1)
    retry_of = models.OneToOneField("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="retried_as")
    """The run that this one repeats; each is repeated at most once."""
    result_name = models.CharField(max_length=200, blank=True)
    """File name for the download; empty where there is no result (any more)."""
    result_type = models.CharField(max_length=100, blank=True)
    result_bytes = models.BigIntegerField(null=True)
    result_until = models.DateTimeField(null=True)
    """When the result is deleted."""

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked"]
        indexes = [
            models.Index(fields=["owner", "-asked"], name="jobs_of_owner"),
            models.Index(fields=["state"], condition=Q(finished__isnull=True), name="jobs_under_way"),
            models.Index(fields=["result_until"], condition=~Q(result_name=""), name="jobs_with_result"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "running"), finished__isnull=True)
                | Q(state__in=("done", "failed", "cancelled"), finished__isnull=False),
                name="job_is_finished_or_under_way",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(done__lte=F("total")),
                name="job_does_no_more_than_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def can_retry(self) -> bool:
        return self.state in (State.FAILED, State.CANCELLED) and not Job.objects.filter(retry_of=self).exists()

    @property
    def percent(self) -> int | None:
        """How far it is; None while nobody knows."""
        return None if not self.total else min(100, self.done * 100 // self.total)

    @property
    def result(self) -> Path | None:
        """The file of its result; None where there is none, or its time is over."""
        if not self.result_name or (self.result_until and self.result_until <= timezone.now()):
            return None
        return result_path(self.id)

    @property
    def seconds(self) -> float | None:
        """How long it has run."""
        if self.started is None:
            return None
        end: datetime = self.finished or timezone.now()
        return (end - self.started).total_seconds()


def results_folder() -> Path:
    """Where results are kept, beside everything that is served; made where it is missing, readable by us alone."""
    folder = Path(settings.JOB_RESULTS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def result_path(job_id: Any) -> Path:
    return results_folder() / f"{job_id}.result"
