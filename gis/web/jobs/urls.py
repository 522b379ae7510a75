"""Addresses of jobs, for people and for programs."""

from django.urls import path

from gis.web.jobs import views

urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<uuid:job_id>", views.job_page, name="job"),
    path("jobs/<uuid:job_id>/result", views.result, name="job-result"),
    path("jobs/<uuid:job_id>/cancel", views.cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/retry", views.retry, name="job-retry"),
    path("jobs/verify", views.verify, name="job-verify"),
    path("api/jobs/", views.api_list, name="api-jobs"),
    path("api/jobs/<uuid:job_id>", views.api_job, name="api-job"),
    path("api/jobs/<uuid:job_id>/cancel", views.api_cancel, name="api-job-cancel"),
    path("api/jobs/<uuid:job_id>/retry", views.api_retry, name="api-job-retry"),
]
