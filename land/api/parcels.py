"""Parcels for applications: one feature at a time, and the actions on it."""

from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID
from gis.problems import NotFound
from gis.web.api.requests import version_in, viewer_in
from land.actions.correct_attributes import correct_attributes
from land.codes import READERS
from land.models import Parcel


class ParcelFeature(GeoFeatureModelSerializer):
    """A parcel in force as a GeoJSON Feature in WGS 84, for display."""

    shape = GeometryField()

    class Meta:
        model = Parcel
        geo_field = "shape"
        id_field = "identifier"
        fields = (
            "identifier", "commune", "sheet", "number", "land_use", "legal_area_m2", "valid_from", "version", "source",
        )  # fmt: skip


class Correction(serializers.Serializer[Any]):
    """The body of a correction: the fields to correct, and the document it rests on."""

    values = serializers.DictField()
    document = serializers.CharField(max_length=200)


def parcel_response(viewer: Viewer, identifier: str) -> Response:
    """The parcel *identifier* as *viewer* sees it, with its version as ETag. Raises `NotFound`."""
    rows = Parcel.objects.current().visible_in(viewer.areas(READERS))
    parcel = rows.annotate(shape=Transform("geom", WGS84_SRID)).filter(identifier=identifier).first()
    if parcel is None:
        raise NotFound(_("There is no parcel with this identifier."), field="identifier")
    return Response(
        ParcelFeature(parcel).data,
        headers={"ETag": f'"{parcel.version}"', "Cache-Control": "private, no-cache"},
    )


class ParcelView(APIView):
    def get(self, request: Request, identifier: str) -> Response:
        return parcel_response(viewer_in(request), identifier)


class ParcelAttributesView(APIView):
    def patch(self, request: Request, identifier: str) -> Response:
        correction = Correction(data=request.data)
        correction.is_valid(raise_exception=True)
        viewer = viewer_in(request)
        correct_attributes(viewer, identifier, version=version_in(request), **correction.validated_data)
        return parcel_response(viewer, identifier)
