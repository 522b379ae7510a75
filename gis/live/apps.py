from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LiveConfig(AppConfig):
    name = "gis.live"
    label = "live"

    def ready(self) -> None:
        autodiscover_modules("live")
