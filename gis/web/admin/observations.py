"""Stations and what they measured."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.access.viewer import Viewer
from gis.actions.record_readings import NewReading, record_readings
from gis.observations.codes import KEEPERS
from gis.observations.models import UNITS, Quantity, Reading, Station
from gis.problems import Invalid
from gis.web.admin.forms import ActionForm, Done
from gis.web.admin.house import HouseAdmin
from gis.web.admin.searching import containing
from gis.web.admin.site import site

OBSERVATIONS = gettext_lazy("Observations")


class RecordReading(ActionForm):
    """`observations.record_readings` with one that was read by eye."""

    verb = "read"
    title = gettext_lazy("Record a reading")
    explanation = gettext_lazy("Rain in mm and wind in m/s over a number of minutes up to the time, a level in m.")
    quantity = forms.ChoiceField(label=gettext_lazy("Quantity"), choices=Quantity.choices)
    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=7, decimal_places=2, localize=True)
    minutes = forms.IntegerField(label=gettext_lazy("Over minutes"), min_value=1, max_value=1440, required=False)
    time = forms.SplitDateTimeField(
        label=gettext_lazy("Time"),
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d", date_attrs={"type": "date"}, time_attrs={"type": "time", "step": "1"}
        ),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"time": timezone.localtime().replace(second=0, microsecond=0)}

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        return viewer.holds(KEEPERS, subject.commune_id)

    def perform(self) -> Done:
        values = dict(self.cleaned_data)
        source = values.pop("source")
        try:
            record_readings(self.viewer, [NewReading(self.subject.code, **values)], source=source)
        except Invalid as problem:
            name = str(problem.field or "").rpartition(".")[2]
            raise Invalid(problem.detail, field=name or None, expected=problem.expected) from problem
        return Done(_("The reading is recorded."))


@admin.register(Station, site=site)
class StationAdmin(HouseAdmin):
    one, many, group = gettext_lazy("station"), gettext_lazy("stations"), OBSERVATIONS
    words = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "kind": gettext_lazy("Kind"),
        "commune": pgettext_lazy("area", "Commune"),
        "position": gettext_lazy("Position"),
        "source": gettext_lazy("Source"),
    }
    extra = ("newest",)
    around = "gauges"
    verbs = (RecordReading,)
    list_display = ("code", "name", "kind", "commune", "source")
    list_filter = ("kind", "commune")
    list_select_related = ("commune",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code or name, with or without diacritics")
    ordering = ("code",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "code", "name")

    def record_target(self, obj: Any) -> str:
        return f"station:{obj.code}"

    @admin.display(description=gettext_lazy("Newest readings"))
    def newest(self, obj: Station) -> str:
        """One of each quantity."""
        found = Station.objects.with_newest().get(pk=obj.pk)
        told = [
            f"{label}: {localize(getattr(found, name))} {UNITS[name]} ({date_format(localtime(at), 'd/m/Y H:i')})"
            for name, label in Quantity.choices
            if (at := getattr(found, f"{name}_at")) is not None
        ]
        return "; ".join(told) or "—"


@admin.register(Reading, site=site)
class ReadingAdmin(HouseAdmin):
    one, many, group = gettext_lazy("reading"), gettext_lazy("readings"), OBSERVATIONS
    words = {
        "station": gettext_lazy("Station"),
        "quantity": gettext_lazy("Quantity"),
        "time": gettext_lazy("Time"),
        "minutes": gettext_lazy("Over minutes"),
        "value": gettext_lazy("Value"),
        "unit": gettext_lazy("Unit"),
        "source": gettext_lazy("Source"),
    }
    hidden = ("id",)
    list_display = ("station", "quantity", "time", "value", "unit", "minutes", "source")
    list_filter = ("quantity",)
    list_select_related = ("station",)
    search_fields = ("station__code",)
    search_help_text = gettext_lazy("Code or name of the station")
    ordering = ("-pk",)
    sortable_by = ()

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        stations = containing(Station.objects.all(), term, "code", "name").values_list("pk", flat=True)
        return rows.filter(station__in=list(stations))

    def record_target(self, obj: Any) -> str:
        return f"station:{obj.station.code}"
