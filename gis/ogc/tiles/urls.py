"""Addresses of tiles: XYZ (column before row), and OGC API – Tiles (row before column)."""

from django.urls import path

from gis.ogc.tiles import views

urlpatterns = [
    path("tiles/<str:name>/<int:z>/<int:x>/<int:y>.mvt", views.vector),
    path("tiles/<str:name>/<int:z>/<int:x>/<int:y>.png", views.picture),
    path("tiles/<str:name>.json", views.description),
    path("ogc/collections/<str:name>/tiles/WebMercatorQuad/<int:z>/<int:y>/<int:x>", views.vector),
]
