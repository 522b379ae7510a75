from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "gis.web.admin"
    label = "administration"
