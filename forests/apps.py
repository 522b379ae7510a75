from django.apps import AppConfig


class ForestsConfig(AppConfig):
    name = "forests"
