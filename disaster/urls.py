"""Addresses of the disaster domain under `/api/disaster/`."""

from django.urls import path

from disaster.api import AssetPositionsView, AssetView, IncidentsView, IncidentView, SheltersView, ShelterView

urlpatterns = [
    path("assets/<str:code>", AssetView.as_view(), name="asset"),
    path("assets/<str:code>/positions", AssetPositionsView.as_view(), name="asset-positions"),
    path("shelters", SheltersView.as_view(), name="shelters"),
    path("shelters/<str:key>", ShelterView.as_view(), name="shelter"),
    path("incidents", IncidentsView.as_view(), name="incidents"),
    path("incidents/<int:key>", IncidentView.as_view(), name="incident"),
]
