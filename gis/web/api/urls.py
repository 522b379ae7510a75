"""Addresses of the REST interface that belong to no domain."""

from django.urls import path

from gis.web.api.observations import ReadingsView, StationReadingsView
from gis.web.api.overlaps import OverlapsView
from gis.web.api.search import SearchView

urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
    path("overlaps", OverlapsView.as_view(), name="overlaps"),
    path("observations/readings", ReadingsView.as_view(), name="readings"),
    path("observations/stations/<str:code>/readings", StationReadingsView.as_view(), name="station-readings"),
]
