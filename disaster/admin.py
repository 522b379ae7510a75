"""Storms, their fixes, rescue assets, shelters and incidents in the administration."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disaster.actions.add_shelter import add_shelter
from disaster.actions.edit_shelter import edit_shelter
from disaster.actions.move_asset import move_asset
from disaster.actions.remove_shelter import remove_shelter
from disaster.actions.report_incident import report_incident
from disaster.actions.set_incident_status import set_incident_status
from disaster.codes import DUTY_OFFICER, INCIDENT_KEEPERS, INCIDENT_READERS, SHELTER_KEEPERS, WATCHERS
from disaster.models import AssetPosition, Incident, RescueAsset, Shelter, Storm, StormFix
from gis.access.viewer import PROVINCE, Viewer
from gis.web.admin.filters import Among
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.maps import PointField
from gis.web.admin.searching import containing
from gis.web.admin.site import site

DISASTER = gettext_lazy("Storms and rescue")
SEASON = re.compile(r"[12][0-9]{3}", re.ASCII)
MOST_STORMS = 500
"""Of a name that is searched for; there are not as many of any."""
BY_CLICK = gettext_lazy("Degrees of WGS 84, typed or by a click on the map.")


def time_field() -> forms.SplitDateTimeField:
    return forms.SplitDateTimeField(
        label=gettext_lazy("Time"),
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d", date_attrs={"type": "date"}, time_attrs={"type": "time", "step": "1"}
        ),
    )


def now() -> Any:
    return timezone.localtime().replace(microsecond=0)


class MoveAsset(ActionForm):
    """`disaster.move_asset`: a position that came by radio."""

    verb = "move"
    title = gettext_lazy("Report a position")
    explanation = gettext_lazy("Degrees of WGS 84, typed or by a click on the map. A late report moves nothing.")
    position = PointField(label=gettext_lazy("Position"))
    time = time_field()
    source = forms.CharField(label=gettext_lazy("Source"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.subject.position
        self.initial = {"position": (at.x, at.y) if at else None, "time": now()}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds({DUTY_OFFICER}, subject.commune_id)

    def perform(self) -> Done:
        lon, lat = self.cleaned_data["position"]
        moved = move_asset(
            self.viewer,
            self.subject.code,
            lon=lon,
            lat=lat,
            time=self.cleaned_data["time"],
            source=self.cleaned_data["source"],
        )
        words = _("Kept; a newer position stands already.") if moved.late else _("The asset has moved.")
        return Done(words)


class ShelterFields(ActionForm):
    """What is told of a shelter."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Shelter.Kind.choices)
    capacity = forms.IntegerField(label=gettext_lazy("Capacity (boats or people)"), min_value=1, required=False)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=120, required=False)
    position = PointField(label=gettext_lazy("Position"))
    source = forms.CharField(label=gettext_lazy("Source"), max_length=200)

    def told(self) -> dict[str, Any]:
        """The fields as the actions take them."""
        values = {name: self.cleaned_data[name] for name in ("name", "kind", "capacity", "contact", "source")}
        lon, lat = self.cleaned_data["position"]
        return {**values, "lon": lon, "lat": lat}


class AddShelter(ShelterFields):
    verb = "add"
    title = gettext_lazy("New shelter")
    explanation = BY_CLICK
    about_one = False
    field_order = ["code", "name", "kind", "capacity", "contact", "position", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(label=_("Code"), max_length=20)
        self.order_fields(self.field_order)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return bool(viewer.areas(SHELTER_KEEPERS))

    def perform(self) -> Done:
        shelter = add_shelter(self.viewer, self.cleaned_data["code"], **self.told())
        return Done(_("The shelter stands on the map."), leads_to=shelter)


class EditShelter(ShelterFields):
    """`disaster.edit_shelter` on the version that the page shows."""

    verb = "edit"
    title = gettext_lazy("Edit the shelter")
    explanation = BY_CLICK
    document = forms.CharField(label=gettext_lazy("Document"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = ("name", "kind", "capacity", "contact", "source", "version")
        self.initial = {field: getattr(self.subject, field) for field in kept} | {"position": self.place}

    @property
    def place(self) -> tuple[float, float]:
        return self.subject.position.x, self.subject.position.y

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds(SHELTER_KEEPERS, subject.commune_id)

    def perform(self) -> Done:
        told = self.told()
        values = {name: value for name, value in told.items() if value != getattr(self.subject, name, None)}
        if self.cleaned_data["position"] == self.place:
            values = {name: value for name, value in values.items() if name not in ("lon", "lat")}
        version, document = self.cleaned_data["version"], self.cleaned_data["document"]
        edit_shelter(self.viewer, self.subject.code, version=version, values=values, document=document)
        return Done(_("The shelter is changed."))


class RemoveShelter(ActionForm):
    verb = "remove"
    title = gettext_lazy("Remove the shelter")
    explanation = gettext_lazy("For one that is none any more; the history keeps it.")
    document = forms.CharField(label=gettext_lazy("Document"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": self.subject.version}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds(SHELTER_KEEPERS, subject.commune_id)

    def perform(self) -> Done:
        remove_shelter(self.viewer, self.subject.code, **self.cleaned_data)
        return Done(_("The shelter is removed."), leads_to="list")


class ReportIncident(ActionForm):
    verb = "report"
    title = gettext_lazy("Report an incident")
    explanation = BY_CLICK
    about_one = False
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Incident.Kind.choices)
    text = forms.CharField(label=gettext_lazy("Report"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    position = PointField(label=gettext_lazy("Position"))
    time = time_field()
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=120, required=False)
    source = forms.CharField(label=gettext_lazy("Source"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"time": now()}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return bool(viewer.areas(INCIDENT_KEEPERS))

    def perform(self) -> Done:
        values = dict(self.cleaned_data)
        (lon, lat), at = values.pop("position"), values.pop("time")
        incident = report_incident(self.viewer, lon=lon, lat=lat, reported_at=at, **values)
        return Done(_("The incident is reported."), leads_to=incident)


class SetIncidentStatus(ActionForm):
    verb = "status"
    title = gettext_lazy("Set the status")
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Incident.Status.choices)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"status": self.subject.status, "version": self.subject.version}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds(INCIDENT_KEEPERS, subject.commune_id)

    def perform(self) -> Done:
        set_incident_status(self.viewer, self.subject.pk, **self.cleaned_data)
        return Done(_("The status is set."))


@admin.register(RescueAsset, site=site)
class RescueAssetAdmin(HouseAdmin):
    one, many, group = gettext_lazy("rescue asset"), gettext_lazy("rescue assets"), DISASTER
    words = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "kind": gettext_lazy("Kind"),
        "status": gettext_lazy("Status"),
        "commune": pgettext_lazy("area", "Commune"),
        "crew": gettext_lazy("Crew"),
        "fuel_percent": gettext_lazy("Fuel (%)"),
        "contact": gettext_lazy("Contact"),
        "team": gettext_lazy("Account of the team"),
        "position": gettext_lazy("Position"),
        "positioned_at": gettext_lazy("Time of the position"),
        "source": gettext_lazy("Source"),
    }
    private_roles = WATCHERS
    private_fields = ("crew", "fuel_percent", "contact", "team", "position")
    verbs = (MoveAsset,)
    list_display = ("code", "name", "kind", "status", "commune", "crew", "positioned_at")
    list_filter = ("kind", "status", "commune")
    list_select_related = ("commune",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code or name, with or without diacritics")
    ordering = ("code",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "code", "name")

    def record_target(self, obj: Any) -> str:
        return f"asset:{obj.code}"


@admin.register(AssetPosition, site=site)
class AssetPositionAdmin(HouseAdmin):
    """Exact places: for who sees those of the assets."""

    one, many, group = gettext_lazy("reported position"), gettext_lazy("reported positions"), DISASTER
    words = {
        "asset": gettext_lazy("Asset"),
        "time": gettext_lazy("Time"),
        "position": gettext_lazy("Position"),
        "accuracy_m": gettext_lazy("Accuracy (m)"),
        "speed_kt": gettext_lazy("Speed (kt)"),
        "course_deg": gettext_lazy("Course (°)"),
        "implausible": gettext_lazy("Implausible"),
        "source": gettext_lazy("Source"),
    }
    list_display = ("asset", "time", "lon", "lat", "speed_kt", "course_deg", "implausible", "source")
    list_filter = ("implausible",)
    list_select_related = ("asset",)
    search_fields = ("asset__code",)
    search_help_text = gettext_lazy("Code of the asset")
    ordering = ("-id",)
    sortable_by = ()

    def visible(self, rows: Any, viewer: Viewer) -> Any:
        return rows if viewer.areas(WATCHERS) == PROVINCE else rows.none()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(asset__code=term)

    def record_target(self, obj: Any) -> str:
        return f"asset:{obj.asset.code}"

    @admin.display(description=gettext_lazy("Longitude"))
    def lon(self, obj: AssetPosition) -> str:
        return f"{obj.position.x:.6f}"

    @admin.display(description=gettext_lazy("Latitude"))
    def lat(self, obj: AssetPosition) -> str:
        return f"{obj.position.y:.6f}"


@admin.register(Storm, site=site)
class StormAdmin(HouseAdmin):
    one, many, group = gettext_lazy("storm"), gettext_lazy("storms"), DISASTER
    words = {
        "basin": gettext_lazy("Basin"),
        "season": gettext_lazy("Season"),
        "number": gettext_lazy("Number"),
        "name": gettext_lazy("Name"),
        "vietnamese_number": gettext_lazy("Vietnamese number"),
        "exercise": gettext_lazy("Exercise"),
        "track": gettext_lazy("Track"),
    }
    list_display = ("name", "season", "basin", "number", "vietnamese_number", "exercise")
    list_filter = ("exercise", "basin")
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name or season")
    ordering = ("-season", "-number", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if one else rows.defer("track")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(season=term) if SEASON.fullmatch(term) else containing(rows, term, "name")

    def record_target(self, obj: Any) -> str:
        return f"storm:{obj.pk}"


class SourceOfFix(Among):
    """Told by the storms, which are thousands: of fixes there may be a million."""

    title, parameter_name, field = gettext_lazy("Source"), "source", "source"

    def values(self) -> Iterable[tuple[str, str]]:
        told = Storm.objects.exclude(track_source="").values_list("track_source", flat=True).distinct()
        return [(source, source) for source in sorted(told.order_by())]


@admin.register(StormFix, site=site)
class StormFixAdmin(HouseAdmin):
    one, many, group = gettext_lazy("storm fix"), gettext_lazy("storm fixes"), DISASTER
    words = {
        "storm": gettext_lazy("Storm"),
        "time": gettext_lazy("Time"),
        "position": gettext_lazy("Centre"),
        "wind_kt": gettext_lazy("Wind (kt)"),
        "wind_averaging_minutes": gettext_lazy("Averaged over (min)"),
        "pressure_hpa": gettext_lazy("Pressure (hPa)"),
        "kind": gettext_lazy("Stage"),
        "beaufort": gettext_lazy("Level"),
        "wind_class": gettext_lazy("Class"),
        "source": gettext_lazy("Source"),
    }
    list_display = ("storm", "time", "wind_kt", "beaufort", "pressure_hpa", "kind", "source")
    list_filter = (SourceOfFix,)
    list_select_related = ("storm",)
    search_fields = ("storm__name",)
    search_help_text = gettext_lazy("Name of the storm")
    ordering = ("-pk",)
    sortable_by = ()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        named = containing(Storm.objects.all(), term, "name").values_list("pk", flat=True)
        return rows.filter(storm__in=list(named[:MOST_STORMS]))

    def record_target(self, obj: Any) -> str:
        return f"storm:{obj.storm_id}"


@admin.register(Shelter, site=site)
class ShelterAdmin(HouseAdmin):
    one, many, group = gettext_lazy("shelter"), gettext_lazy("shelters"), DISASTER
    words = {
        "commune": pgettext_lazy("area", "Commune"),
        "capacity": gettext_lazy("Capacity (boats or people)"),
        "position": gettext_lazy("Position"),
        "version": gettext_lazy("Version"),
    }
    private_roles = WATCHERS
    private_fields = ("contact",)
    around = "shelters"
    verbs = (AddShelter, EditShelter, RemoveShelter)
    list_display = ("code", "name", "kind", "capacity", "commune")
    list_filter = ("kind", "commune")
    list_select_related = ("commune",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code or name, with or without diacritics")
    ordering = ("code",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "code", "name")

    def record_target(self, obj: Any) -> str:
        return f"shelter:{obj.code}"


@admin.register(Incident, site=site)
class IncidentAdmin(HouseAdmin):
    """They do not exist for operators, as in every format."""

    one, many, group = gettext_lazy("incident"), gettext_lazy("incidents"), DISASTER
    words = {
        "id": gettext_lazy("Number"),
        "commune": pgettext_lazy("area", "Commune"),
        "position": gettext_lazy("Position"),
        "version": gettext_lazy("Version"),
    }
    readers = INCIDENT_READERS
    around = "incidents"
    verbs = (ReportIncident, SetIncidentStatus)
    list_display = ("id", "reported_at", "kind", "status", "commune", "beginning_of_text", "source")
    list_filter = ("status", "kind", "commune")
    list_select_related = ("commune",)
    search_fields = ("id",)
    search_help_text = gettext_lazy("Number of the incident, or words of the report")
    ordering = ("-pk",)
    sortable_by = ()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return self._whole(rows, "id", term) if term.isdigit() else containing(rows, term, "text")

    def record_target(self, obj: Any) -> str:
        return f"incident:{obj.pk}"

    @admin.display(description=gettext_lazy("Report"))
    def beginning_of_text(self, obj: Incident) -> str:
        return Truncator(obj.text).chars(80)
