"""Communes, their outlines, and the communes that they followed."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis.places.models import Commune, CommuneOutline, CommuneSuccession, FormerCommune
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


@admin.register(FormerCommune, site=site)
class FormerCommuneAdmin(HouseAdmin):
    one, many, group = gettext_lazy("commune of before July 2025"), gettext_lazy("communes of before July 2025"), PLACES
    words = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("Name"),
        "kind": gettext_lazy("Kind"),
        "district_name": gettext_lazy("District"),
    }
    extra = ("became",)
    list_display = ("code", "kind", "name", "district_name", "became")
    list_filter = ("kind", "district_name")
    search_fields = ("name",)
    search_help_text = gettext_lazy("Code, name or district, with or without diacritics")

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("successions__commune")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(code=term) if term.isdigit() else containing(rows, term, "name", "district_name")

    @admin.display(description=gettext_lazy("Went into"))
    def became(self, obj: FormerCommune) -> Any:
        return format_html_join(
            "; ", "{} ({})", ((one.commune, one.get_relation_display()) for one in obj.successions.all())
        )


@admin.register(CommuneSuccession, site=site)
class SuccessionAdmin(HouseAdmin):
    one, many, group = gettext_lazy("succession"), gettext_lazy("successions"), PLACES
    words = {
        "former": gettext_lazy("Commune of before July 2025"),
        "commune": pgettext_lazy("area", "Commune"),
        "relation": gettext_lazy("What of it"),
    }
    hidden = ("id",)
    list_display = ("former", "relation", "commune")
    list_filter = ("relation", "commune")
    list_select_related = ("former", "commune")
    search_fields = ("former__name",)
    search_help_text = gettext_lazy("Name of either commune, with or without diacritics")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return containing(rows, term, "former__name", "commune__name")
