"""Addresses of the REST interface that belong to no domain."""

from django.urls import path

from gis.web.api.search import SearchView

urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
]
