"""Addresses of the disaster domain under `/api/disaster/`."""

from django.urls import path

from disaster.api import AssetPositionsView, AssetView

urlpatterns = [
    path("assets/<str:code>", AssetView.as_view(), name="asset"),
    path("assets/<str:code>/positions", AssetPositionsView.as_view(), name="asset-positions"),
]
