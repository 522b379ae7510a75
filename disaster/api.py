"""The disaster domain for applications: assets and their positions, shelters, incidents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disaster.actions.add_shelter import add_shelter
from disaster.actions.edit_shelter import edit_shelter
from disaster.actions.move_asset import Receiver, move_asset
from disaster.actions.remove_shelter import remove_shelter
from disaster.actions.report_incident import report_incident, require_reader
from disaster.actions.set_incident_status import set_incident_status
from disaster.codes import INCIDENT_READERS, WATCHERS
from disaster.models import Incident, RescueAsset, Shelter
from disaster.payloads import asset_feature, incident_feature, shelter_feature
from gis.access.viewer import Viewer
from gis.problems import NotFound
from gis.web.api.records import Records, RecordsView, RecordView, RemovableRecordView, Shown
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


class NewShelter(serializers.Serializer[Any]):
    """A shelter to add; WGS 84 degrees. Without `commune` it is the one that lies there."""

    code = serializers.RegexField(r"^[A-Za-z0-9._-]{1,20}$")
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(Shelter.Kind.choices)
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    capacity = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    commune = serializers.CharField(max_length=5, required=False)
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]


class ShelterValues(serializers.Serializer[Any]):
    """What of a shelter is to change, and the document it rests on."""

    name = serializers.CharField(max_length=120, required=False)
    kind = serializers.ChoiceField(Shelter.Kind.choices, required=False)
    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    commune = serializers.CharField(max_length=5, required=False)
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True)
    source = serializers.CharField(max_length=200, required=False)  # type: ignore[assignment]
    document = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ShelterRecords(Records):
    new, values = NewShelter, ShelterValues

    def shown(self, viewer: Viewer, key: str) -> Shown:
        shelter = Shelter.objects.select_related("commune").filter(code=key).first()
        if shelter is None:
            raise NotFound(_("There is no shelter with this code."), field="code")
        contact = viewer.holds(WATCHERS, shelter.commune_id)
        return Shown(shelter_feature(shelter, contact=contact), shelter.version)

    def add(self, viewer: Viewer, values: Mapping[str, Any]) -> str:
        return add_shelter(viewer, **values).code

    def change(self, viewer: Viewer, key: str, version: int, values: Mapping[str, Any]) -> None:
        told = dict(values)
        document = told.pop("document", "")
        edit_shelter(viewer, key, version=version, values=told, document=document)

    def remove(self, viewer: Viewer, key: str, version: int, document: str) -> None:
        remove_shelter(viewer, key, version=version, document=document)


class SheltersView(RecordsView):
    records = ShelterRecords()


class ShelterView(RemovableRecordView):
    records = ShelterRecords()


class NewIncident(serializers.Serializer[Any]):
    """An incident as it was reported; WGS 84 degrees. Without `commune` it is the one that lies there."""

    kind = serializers.ChoiceField(Incident.Kind.choices)
    text = serializers.CharField(max_length=2000)
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    reported_at = MomentField(required=False)
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True)
    commune = serializers.CharField(max_length=5, required=False)


class NewStatus(serializers.Serializer[Any]):
    """What became of an incident, and why it is said."""

    status = serializers.ChoiceField(Incident.Status.choices)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ForReaders(APIView):
    """Addresses that do not exist, by no method, for those who may not know of incidents."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        require_reader(viewer_in(request))
        super().initial(request, *args, **kwargs)


class IncidentRecords(Records):
    new, values = NewIncident, NewStatus
    kept = "private, no-store"

    def shown(self, viewer: Viewer, key: int) -> Shown:
        incident = Incident.objects.select_related("commune").filter(pk=key).first()
        if incident is None or not viewer.holds(INCIDENT_READERS, incident.commune_id):
            raise NotFound(_("There is no incident with this number."), field="number")
        return Shown(incident_feature(incident), incident.version)

    def add(self, viewer: Viewer, values: Mapping[str, Any]) -> int:
        return report_incident(viewer, **values).pk

    def change(self, viewer: Viewer, key: int, version: int, values: Mapping[str, Any]) -> None:
        set_incident_status(viewer, key, version=version, **values)


class IncidentsView(ForReaders, RecordsView):
    records = IncidentRecords()


class IncidentView(ForReaders, RecordView):
    records = IncidentRecords()
