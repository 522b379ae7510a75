from django.apps import AppConfig


class MinesConfig(AppConfig):
    name = "mines"
