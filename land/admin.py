"""Parcels, their points and the list of land uses in the administration."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

import land.law.admin  # noqa: F401
from gis.access.viewer import Viewer
from gis.problems import Text
from gis.web.admin.filters import Among
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.site import site
from land.actions.correct_attributes import correct_attributes
from land.codes import READERS, WRITERS
from land.models import BoundaryPoint, LandUse, Parcel

LAND = gettext_lazy("Land")
METHODS: dict[str, Text] = {
    "gnss": "GNSS",
    "total_station": gettext_lazy("total station"),
    "digitised": gettext_lazy("digitised"),
    "computed": gettext_lazy("computed"),
    "synthetic": gettext_lazy("synthetic"),
}
"""How a boundary point came about, in words."""
SHEET_AND_NUMBER = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})")


class CorrectAttributes(ActionForm):
    """`land.correct_attributes` on the version that the page shows."""

    verb = "correct-attributes"
    title = gettext_lazy("Correct the attributes")
    explanation = gettext_lazy("The version in force is closed and followed by a new one; the place stays.")
    land_use = forms.ModelChoiceField(LandUse.objects.all(), label=gettext_lazy("Land use"), empty_label=None)
    sheet = forms.IntegerField(label=gettext_lazy("Map sheet"), min_value=1)
    number = forms.IntegerField(label=gettext_lazy("Number on the sheet"), min_value=1)
    legal_area_m2 = forms.DecimalField(label=gettext_lazy("Legal area (m²)"), decimal_places=1, localize=True)
    document = forms.CharField(label=gettext_lazy("Document"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = ("land_use", "sheet", "number", "legal_area_m2", "version")
        self.initial = {field: getattr(self.subject, field) for field in kept}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        in_force = subject.valid_to is None and subject.recorded_to is None
        return in_force and viewer.holds(WRITERS, subject.commune_id)

    def perform(self) -> Done:
        values = dict(self.cleaned_data)
        version, document = values.pop("version"), values.pop("document")
        values["land_use"] = values["land_use"].pk
        changed = {field: value for field, value in values.items() if value != self._before(field)}
        parcel = correct_attributes(
            self.viewer, self.subject.identifier, version=version, values=changed, document=document
        )
        return Done(_("The parcel has a new version."), leads_to=parcel)

    def _before(self, field: str) -> Any:
        return self.subject.land_use_id if field == "land_use" else getattr(self.subject, field)


class InForce(admin.SimpleListFilter):
    """The versions in force where nothing else is asked: indexes hold exactly these."""

    title = gettext_lazy("Versions")
    parameter_name = "versions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("past", _("past")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Any:
        _all, *others = super().choices(changelist)
        yield {**_all, "display": _("in force")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "past":
            return queryset.exclude(Parcel.CURRENT)
        return queryset if self.value() == "all" else queryset.filter(Parcel.CURRENT)


@admin.register(Parcel, site=site)
class ParcelAdmin(HouseAdmin):
    one, many, group = gettext_lazy("parcel"), gettext_lazy("parcels"), LAND
    words = {
        "identifier": gettext_lazy("Identifier"),
        "commune": pgettext_lazy("area", "Commune"),
        "sheet": gettext_lazy("Map sheet"),
        "number": gettext_lazy("Number on the sheet"),
        "land_use": gettext_lazy("Land use"),
        "legal_area_m2": gettext_lazy("Legal area (m²)"),
        "ring": gettext_lazy("Boundary points"),
        "geom": gettext_lazy("Place"),
        "area_m2": gettext_lazy("Plane area (m²)"),
        "valid_from": gettext_lazy("Valid from"),
        "valid_to": gettext_lazy("Valid to"),
        "recorded_from": gettext_lazy("Recorded from"),
        "recorded_to": gettext_lazy("Recorded to"),
        "version": gettext_lazy("Version"),
        "source": gettext_lazy("Source"),
    }
    verbs = (CorrectAttributes,)
    around = "parcels"
    list_display = ("identifier", "commune", "sheet", "number", "land_use", "legal_area_m2", "version", "valid_from")
    list_filter = (InForce, "land_use", "commune")
    list_select_related = ("commune", "land_use")
    search_fields = ("identifier",)
    search_help_text = gettext_lazy("Identifier, or sheet/number as 12/345")
    exactly = ("identifier",)
    sortable_by = ()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """By sheet among the versions in force, whose index holds them so; others newest first."""
        return ("-pk",) if InForce.parameter_name in request.GET else ("commune", "sheet", "number", "pk")

    def visible(self, rows: Any, viewer: Viewer) -> Any:
        return rows.visible_in(viewer.areas(READERS))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if one else rows.defer("geom", "ring")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        match = SHEET_AND_NUMBER.fullmatch(term)
        if match is None:
            return super().search_by(rows, term)
        return rows.filter(sheet=match[1], number=match[2])

    def record_target(self, obj: Any) -> str:
        return f"parcel:{obj.identifier}"


class MethodFilter(Among):
    title, parameter_name, field = gettext_lazy("Method"), "by_method", "method"

    def values(self) -> Iterable[tuple[str, Text]]:
        return METHODS.items()


@admin.register(BoundaryPoint, site=site)
class BoundaryPointAdmin(HouseAdmin):
    one, many, group = gettext_lazy("boundary point"), gettext_lazy("boundary points"), LAND
    words = {
        "id": gettext_lazy("Number"),
        "accuracy_m": gettext_lazy("Accuracy (m)"),
        "source": gettext_lazy("Source"),
        "geom": gettext_lazy("Place"),
    }
    hidden = ("method",)
    extra = ("method_words",)
    around = "parcels"
    list_display = ("id", "east", "north", "method_words", "accuracy_m", "source")
    list_filter = (MethodFilter,)
    search_fields = ("id",)
    search_help_text = gettext_lazy("Number of the point")
    exactly = ("id",)
    ordering = ("-id",)
    sortable_by = ()

    @admin.display(description=gettext_lazy("Method"))
    def method_words(self, obj: BoundaryPoint) -> str:
        return str(METHODS.get(obj.method, obj.method))

    @admin.display(description=gettext_lazy("E (m)"))
    def east(self, obj: BoundaryPoint) -> str:
        return f"{obj.geom.x:.3f}"

    @admin.display(description=gettext_lazy("N (m)"))
    def north(self, obj: BoundaryPoint) -> str:
        return f"{obj.geom.y:.3f}"


@admin.register(LandUse, site=site)
class LandUseAdmin(HouseAdmin):
    one, many, group = gettext_lazy("land use"), gettext_lazy("land uses"), LAND
    words = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "name_en": gettext_lazy("English name"),
        "group": gettext_lazy("Group"),
        "colour": gettext_lazy("Colour"),
        "source": gettext_lazy("Source"),
    }
    list_display = ("code", "name", "name_en", "group", "colour")
    list_filter = ("group",)
    search_fields = ("code",)
    exactly = ("code",)
