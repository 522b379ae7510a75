from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActionsConfig(AppConfig):
    name = "gis.actions"
    label = "actions"

    def ready(self) -> None:
        autodiscover_modules("rules")
