from django.apps import AppConfig


class OverlayConfig(AppConfig):
    name = "gis.overlay"
    label = "overlay"
