from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    name = "gis.observations"
    label = "observations"
