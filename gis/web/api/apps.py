from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "gis.web.api"
    label = "api"
