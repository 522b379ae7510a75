"""Rescue assets for applications: read one, report its position."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disaster.actions.move_asset import move_asset
from disaster.codes import WATCHERS
from disaster.models import RescueAsset
from disaster.payloads import asset_feature
from gis.access.viewer import Viewer
from gis.problems import NotFound
from gis.web.api.requests import viewer_in


class Report(serializers.Serializer[Any]):
    """A position as a phone or receiver reports it: WGS 84 degrees, a time with its zone."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    time = serializers.DateTimeField()
    accuracy_m = serializers.FloatField(min_value=0, required=False)
    speed_kt = serializers.FloatField(min_value=0, max_value=1000, required=False)
    course_deg = serializers.FloatField(min_value=0, max_value=359.999, required=False)


def shown_asset(viewer: Viewer, code: str) -> dict[str, Any]:
    """The asset *code* as *viewer* sees it. Raises `NotFound`."""
    asset = RescueAsset.objects.filter(code=code).first()
    if asset is None:
        raise NotFound(_("There is no asset with this code."), field="code")
    return asset_feature(asset, exact=viewer.holds(WATCHERS, asset.commune_id))


class AssetView(APIView):
    def get(self, request: Request, code: str) -> Response:
        return Response(shown_asset(viewer_in(request), code), headers={"Cache-Control": "no-store"})


class AssetPositionsView(APIView):
    def post(self, request: Request, code: str) -> Response:
        report = Report(data=request.data)
        report.is_valid(raise_exception=True)
        viewer = viewer_in(request)
        moved = move_asset(viewer, code, source="api", **report.validated_data)
        answer = {"asset": shown_asset(viewer, code), "late": moved.late, "implausible": moved.implausible}
        return Response(answer, status=status.HTTP_201_CREATED)
