"""The one address of the service; REQUEST says what is asked."""

from django.urls import path

from gis.ogc.wms import views

urlpatterns = [path("", views.wms, name="wms")]
