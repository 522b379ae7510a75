from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "gis.web.pages"
    label = "pages"
