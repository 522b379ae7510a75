"""Rescue assets for applications: read one, report its position."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disaster.actions.move_asset import Receiver, move_asset
from disaster.codes import WATCHERS
from disaster.models import RescueAsset
from disaster.payloads import asset_feature
from gis.access.viewer import Viewer
from gis.problems import NotFound
from gis.web.api.requests import viewer_in


class MomentField(serializers.DateTimeField):
    """A time that tells its zone; none is guessed."""

    default_error_messages = {"naive": _("The time has no zone, as in 2024-09-07T13:05:00+07:00.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        return value


class Report(serializers.Serializer[Any]):
    """A position as a phone or receiver reports it: WGS 84 degrees, a time with its zone."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    time = MomentField()
    accuracy_m = serializers.FloatField(min_value=0, required=False)
    speed_kt = serializers.FloatField(min_value=0, max_value=1000, required=False)
    course_deg = serializers.FloatField(min_value=0, max_value=359.999, required=False)


def shown_asset(viewer: Viewer, code: str) -> dict[str, Any]:
    """The asset *code* as *viewer* sees it. Raises `NotFound`."""
    asset = RescueAsset.objects.select_related("commune").filter(code=code).first()
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
        told = dict(report.validated_data)
        place = {name: told.pop(name) for name in ("lon", "lat", "time")}
        moved = move_asset(viewer, code, **place, receiver=Receiver(**told), source="api")
        answer = {"asset": shown_asset(viewer, code), "late": moved.late, "implausible": moved.implausible}
        return Response(answer, status=status.HTTP_201_CREATED)
