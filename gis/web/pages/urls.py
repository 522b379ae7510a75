"""Addresses of the pages."""

from django.urls import include, path
from django.views.i18n import set_language

from gis.web.pages import health, views

urlpatterns = [
    path("", views.live_map, name="map"),
    path("accounts/", include("gis.web.accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
