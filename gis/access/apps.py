from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "gis.access"
    label = "access"
