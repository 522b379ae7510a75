"""Mining concessions with their corners, and waste dumps, in the administration."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.web.admin.house import HouseAdmin
from gis.web.admin.searching import containing
from gis.web.admin.site import site
from mines.codes import READERS
from mines.models import Concession, WasteDump

MINES = gettext_lazy("Mines")


@admin.register(Concession, site=site)
class ConcessionAdmin(HouseAdmin):
    one, many, group = gettext_lazy("concession"), gettext_lazy("concessions"), MINES
    words = {
        "licence_number": gettext_lazy("Licence"),
        "holder": gettext_lazy("Holder"),
        "holder_contact": gettext_lazy("Contact"),
        "mineral": gettext_lazy("Mineral"),
        "kind": gettext_lazy("Kind"),
        "method": gettext_lazy("Method"),
        "status": gettext_lazy("Status"),
        "commune": pgettext_lazy("area", "Commune"),
        "granted_on": gettext_lazy("Granted on"),
        "expires_on": gettext_lazy("Expires on"),
        "top_level_m": gettext_lazy("Upper level (m)"),
        "bottom_level_m": gettext_lazy("Lower level (m)"),
        "licensed_area_ha": gettext_lazy("Licensed area (ha)"),
        "geom": gettext_lazy("Place"),
        "source": gettext_lazy("Source"),
    }
    private_roles = READERS
    private_fields = ("holder_contact",)
    extra = ("corner_table",)
    around = "mining_concessions"
    list_display = ("licence_number", "holder", "mineral", "kind", "status", "commune", "expires_on")
    list_filter = ("status", "kind", "method", "commune")
    list_select_related = ("commune",)
    search_fields = ("holder",)
    search_help_text = gettext_lazy("Licence, holder or mineral, with or without diacritics")
    ordering = ("licence_number",)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "licence_number", "holder", "mineral")

    def record_target(self, obj: Any) -> str:
        return f"concession:{obj.licence_number}"

    @admin.display(description=gettext_lazy("Corners (VN-2000)"))
    def corner_table(self, obj: Concession) -> Any:
        """As in the licence: X is north, Y is east."""
        rows = [(one.number, f"{one.geom.y:.3f}", f"{one.geom.x:.3f}") for one in obj.corners.order_by("number")]
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        head = (_("No."), _("X north (m)"), _("Y east (m)"))
        table = "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>"
        return format_html(table, *head, lines)


@admin.register(WasteDump, site=site)
class WasteDumpAdmin(HouseAdmin):
    one, many, group = gettext_lazy("waste dump"), gettext_lazy("waste dumps"), MINES
    words = {
        "height_m": gettext_lazy("Height (m)"),
        "volume_m3": gettext_lazy("Volume (m³)"),
        "commune": pgettext_lazy("area", "Commune"),
        "geom": gettext_lazy("Place"),
    }
    around = "waste_dumps"
    list_display = ("code", "name", "status", "height_m", "volume_m3", "concession", "commune")
    list_filter = ("status", "commune")
    list_select_related = ("commune", "concession")
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code or name of the dump, or its licence, with or without diacritics")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if one else rows.defer("geom", "concession__geom")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "code", "name", "concession__licence_number")

    def record_target(self, obj: Any) -> str:
        return f"waste_dump:{obj.code}"
