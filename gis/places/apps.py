from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "gis.places"
    label = "places"
