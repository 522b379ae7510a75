from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "gis.access"
    label = "access"

    def ready(self) -> None:
        from gis.access import sign_in_events  # noqa: F401  (its receivers need the models)
        from gis.access.role_settings import check_role_settings

        autodiscover_modules("codes")  # where domains declare their roles
        check_role_settings()
