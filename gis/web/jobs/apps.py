from django.apps import AppConfig


class JobPagesConfig(AppConfig):
    name = "gis.web.jobs"
    label = "job_pages"
