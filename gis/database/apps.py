from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "gis.database"
    label = "database"
