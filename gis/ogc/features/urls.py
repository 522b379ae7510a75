"""Addresses below `/ogc`."""

from django.urls import path

from gis.ogc.features import views

urlpatterns = [
    path("", views.landing),
    path("/", views.landing),
    path("/conformance", views.conformance),
    path("/api", views.api),
    path("/collections", views.collections),
    path("/collections/<str:name>", views.collection),
    path("/collections/<str:name>/items", views.items),
    path("/collections/<str:name>/items/<path:key>", views.item),
]
