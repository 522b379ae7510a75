"""A job as programs read it, and as the page's script does."""

from typing import Any

from django.urls import reverse

from gis.access.viewer import Viewer
from gis.exchange.jobs.models import Job


def document(job: Job, viewer: Viewer) -> dict[str, Any]:
    """Every public member of *job*, with the addresses of what *viewer* can do with it."""
    here = {"job_id": job.pk}
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "title": job.title,
        "owner": job.owner.username,
        "state": job.state,
        "ending": job.ending and job.under_way,
        "message": job.message,
        "done": job.done,
        "total": job.total,
        "attempt": job.attempt,
        "retry_of": str(job.retry_of_id) if job.retry_of_id else None,
        "asked": job.asked,
        "started": job.started,
        "finished": job.finished,
        "heartbeat": job.heartbeat,
        "result": _result(job),
        "links": {
            "self": reverse("api-job", kwargs=here),
            "page": reverse("job", kwargs=here),
            **({"cancel": reverse("api-job-cancel", kwargs=here)} if job.under_way else {}),
            **({"retry": reverse("api-job-retry", kwargs=here)} if may_retry(job, viewer) else {}),
        },
    }


def may_retry(job: Job, viewer: Viewer) -> bool:
    return job.owner_id == viewer.user_id and job.can_retry


def _result(job: Job) -> dict[str, Any] | None:
    if job.result is None:
        return None
    return {
        "href": reverse("job-result", kwargs={"job_id": job.pk}),
        "name": job.result_name,
        "type": job.result_type,
        "bytes": job.result_bytes,
        "until": job.result_until,
    }
