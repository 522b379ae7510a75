"""Address of the desk."""

from django.urls import path

from land.desk.views import desk

urlpatterns = [path("", desk, name="land-desk")]
