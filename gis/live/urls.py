"""Addresses below `/live/`; the stream at `/live/` itself is answered by the hub (`gis.asgi`)."""

from django.urls import path

from gis.live import views

urlpatterns = [path("snapshot", views.present_state, name="live_snapshot")]
