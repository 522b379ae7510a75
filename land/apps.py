from django.apps import AppConfig


class LandConfig(AppConfig):
    name = "land"

    def ready(self) -> None:
        # They take their part in operations.
        import land.law.judging
        import land.law.overlapping
        import land.rights.carrying
        import land.rights.judging
        import land.rights.operations  # noqa: F401
