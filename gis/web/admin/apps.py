from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AdministrationConfig(AppConfig):
    name = "gis.web.admin"
    label = "administration"

    def ready(self) -> None:
        from gis.web.admin import accounts, history, observations, overlaps, places  # noqa: F401  (they need every app's models)

        autodiscover_modules("admin")
