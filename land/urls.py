"""Addresses of the land domain under `/api/land/`."""

from django.urls import path

from land.api import ParcelAttributesView, ParcelView

urlpatterns = [
    path("parcels/<str:identifier>", ParcelView.as_view(), name="parcel"),
    path("parcels/<str:identifier>/attributes", ParcelAttributesView.as_view(), name="parcel-attributes"),
]
