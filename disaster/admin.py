"""Storms, their fixes, rescue assets and their positions in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disaster.actions.move_asset import move_asset
from disaster.codes import DUTY_OFFICER, WATCHERS
from disaster.models import AssetPosition, RescueAsset, Storm, StormFix
from gis.access.viewer import PROVINCE, Viewer
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.maps import PointField
from gis.web.admin.searching import containing
from gis.web.admin.site import site

DISASTER = gettext_lazy("Storms and rescue")


class MoveAsset(ActionForm):
    """`disaster.move_asset`: a position that came by radio."""

    verb = "move"
    title = gettext_lazy("Report a position")
    explanation = gettext_lazy("Degrees of WGS 84, typed or by a click on the map. A late report moves nothing.")
    position = PointField(label=gettext_lazy("Position"))
    time = forms.SplitDateTimeField(
        label=gettext_lazy("Time"),
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d", date_attrs={"type": "date"}, time_attrs={"type": "time", "step": "1"}
        ),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.subject.position
        self.initial = {"position": (at.x, at.y) if at else None, "time": timezone.localtime().replace(microsecond=0)}

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
    ordering = ("-season", "-number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if one else rows.defer("track")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(name__icontains=term) | self._whole(rows, "season", term)

    def record_target(self, obj: Any) -> str:
        return f"storm:{obj.pk}"


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
    list_filter = ("source", "kind")
    list_select_related = ("storm",)
    search_fields = ("storm__name",)
    search_help_text = gettext_lazy("Name of the storm")
    ordering = ("-time",)
    sortable_by = ()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(storm__name__icontains=term)

    def record_target(self, obj: Any) -> str:
        return f"storm:{obj.storm_id}"
