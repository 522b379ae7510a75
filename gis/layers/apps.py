from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LayersConfig(AppConfig):
    name = "gis.layers"
    label = "layers"

    def ready(self) -> None:
        autodiscover_modules("layers")
