"""Addresses of briefings under `/disaster/`."""

from django.urls import path

from disaster.briefing.views import briefing

urlpatterns = [path("storms/<int:storm>/briefing.html", briefing, name="storm-briefing")]
