from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "gis.access"
    label = "access"

    def ready(self) -> None:
        from gis.access import sign_in_events  # noqa: F401  (its receivers need the models)
