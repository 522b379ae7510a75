"""Communes and their outlines."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.places.models import Commune, CommuneOutline
from gis.web.admin.house import HouseAdmin
from gis.web.admin.searching import containing
from gis.web.admin.site import site

PLACES = gettext_lazy("Administrative units")


@admin.register(Commune, site=site)
class CommuneAdmin(HouseAdmin):
    one, many, group = gettext_lazy("commune"), gettext_lazy("communes"), PLACES
    words = {
        "code": gettext_lazy("Code"),
        "aliases": gettext_lazy("Other codes"),
        "name": gettext_lazy("Name"),
        "name_en": gettext_lazy("English name"),
        "kind": gettext_lazy("Kind"),
        "area_official_km2": gettext_lazy("Official area (km²)"),
        "label": gettext_lazy("Place of the name"),
    }
    list_display = ("code", "kind", "name", "name_en", "area_official_km2")
    list_filter = ("kind",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code or name, with or without diacritics")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        by_code = rows.filter(Q(code=term) | Q(aliases__contains=[term[:5]]))
        return by_code if term.isdigit() else containing(rows, term, "name", "name_en")


@admin.register(CommuneOutline, site=site)
class OutlineAdmin(HouseAdmin):
    one, many, group = gettext_lazy("outline"), gettext_lazy("outlines"), PLACES
    words = {
        "commune": pgettext_lazy("area", "Commune"),
        "valid_from": gettext_lazy("First day"),
        "valid_to": gettext_lazy("No more from"),
        "source": gettext_lazy("Source"),
        "schematic": gettext_lazy("Schematic"),
        "geom": gettext_lazy("Outline"),
    }
    list_display = ("commune", "valid_from", "valid_to", "schematic", "source")
    list_filter = ("schematic", "commune")
    list_select_related = ("commune",)
    search_fields = ("commune__name",)
    search_help_text = gettext_lazy("Name of the commune, with or without diacritics")
    ordering = ("commune", "-valid_from")

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if "object_id" in request.resolver_match.kwargs else rows.defer("geom")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "commune__name")
