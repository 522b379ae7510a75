"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from gis.web.pages import health, views

urlpatterns = [
    path("", views.live_map, name="map"),
    path("accounts/login/", LoginView.as_view(template_name="pages/sign_in.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
