"""The one address of printed maps."""

from django.urls import path

from gis.web.printing.views import print_map

urlpatterns = [
    path("", print_map, name="print"),
]
