"""One's jobs: what they do, how far they are, what came of them."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from gis.access.middleware import viewer_on
from gis.access.roles import ADMIN, OPERATOR
from gis.access.viewer import Viewer
from gis.exchange.jobs import start, starting
from gis.exchange.jobs.models import Job, JobQuerySet
from gis.layers import registry
from gis.problems import NotFound, SignInNeeded
from gis.web.jobs.documents import document, may_retry

P = ParamSpec("P")
PAGE = 30
LISTED = 100
"""Jobs in one answer of `/api/jobs/`, the newest."""

JobView = Callable[Concatenate[HttpRequest, Job, P], HttpResponseBase]


def of_a_job(view: "JobView[P]") -> Callable[..., HttpResponseBase]:
    """Give *view* the job that is asked for; another's answers as if it did not exist."""

    @functools.wraps(view)
    def found(request: HttpRequest, job_id: UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        job = jobs_for(request).filter(pk=job_id).first()
        if job is None:
            raise NotFound(_("There is no such job."))
        return view(request, job, *args, **kwargs)

    return found


def jobs_for(request: HttpRequest) -> JobQuerySet:
    """The jobs that the viewer may know of. Raises `SignInNeeded`."""
    viewer = viewer_on(request)
    if not viewer.signed_in:
        raise SignInNeeded
    return Job.objects.visible_to(viewer).select_related("owner")


@never_cache
@ensure_csrf_cookie
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    viewer = viewer_on(request)
    page = Paginator(jobs_for(request), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "everybody": viewer.holds({ADMIN}, None),
        "layers": registry.all_layers(viewer) if viewer.holds({ADMIN, OPERATOR}, None) else [],
    }
    return render(request, "jobs/jobs.html", context)


@never_cache
@ensure_csrf_cookie
@require_safe
@of_a_job
def job_page(request: HttpRequest, job: Job) -> HttpResponse:
    viewer = viewer_on(request)
    successor = Job.objects.filter(retry_of=job).first()
    context = {"job": job, "may_retry": may_retry(job, viewer), "successor": successor}
    return render(request, "jobs/job.html", context)


@never_cache
@require_safe
@of_a_job
def result(request: HttpRequest, job: Job) -> FileResponse:
    """The file that came of the job, in pieces; gone when its time is over."""
    path = job.result
    if path is None or not path.is_file():
        raise NotFound(_("This job has no result, or it is kept no longer."))
    return FileResponse(path.open("rb"), as_attachment=True, filename=job.result_name, content_type=job.result_type)


@require_POST
@of_a_job
def cancel(request: HttpRequest, job: Job) -> HttpResponseRedirect:
    starting.cancel(job, viewer_on(request))
    return redirect("job", job_id=job.pk)


@require_POST
@of_a_job
def retry(request: HttpRequest, job: Job) -> HttpResponseRedirect:
    return redirect("job", job_id=starting.retry(job, viewer_on(request)).pk)


@require_POST
def verify(request: HttpRequest) -> HttpResponseRedirect:
    """Ask for a check of a layer's geometries."""
    viewer = viewer_on(request)
    layer = registry.get(request.POST.get("layer", ""), viewer)
    title = _("Check of the layer “%s”") % layer.title
    return redirect("job", job_id=start("verify_layer", viewer, title, layer=layer.name).pk)


@never_cache
@require_safe
def api_list(request: HttpRequest) -> JsonResponse:
    viewer = viewer_on(request)
    return _json({"jobs": [document(job, viewer) for job in jobs_for(request)[:LISTED]]})


@never_cache
@require_safe
@of_a_job
def api_job(request: HttpRequest, job: Job) -> JsonResponse:
    return _json(document(job, viewer_on(request)))


@require_POST
@of_a_job
def api_cancel(request: HttpRequest, job: Job) -> JsonResponse:
    viewer = viewer_on(request)
    starting.cancel(job, viewer)
    return _told(job.pk, viewer, status=202)


@require_POST
@of_a_job
def api_retry(request: HttpRequest, job: Job) -> JsonResponse:
    viewer = viewer_on(request)
    return _told(starting.retry(job, viewer).pk, viewer, status=201)


def _told(job_id: UUID, viewer: Viewer, status: int) -> JsonResponse:
    return _json(document(Job.objects.select_related("owner").get(pk=job_id), viewer), status)


def _json(content: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
