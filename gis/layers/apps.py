from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LayersConfig(AppConfig):
    name = "gis.layers"
    label = "layers"

    def ready(self) -> None:
        import_module("gis.layers.communes")
        import_module("gis.layers.context")
        import_module("gis.layers.gauges")
        autodiscover_modules("layers")
