"""Forest plots and the list of conditions in the administration."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from forests.codes import READERS
from forests.models import ForestCondition, ForestPlot
from gis.problems import Text
from gis.web.admin.filters import Among
from gis.web.admin.house import HouseAdmin
from gis.web.admin.site import site

FORESTS = gettext_lazy("Forests")
GROUPS = {
    "natural forest": gettext_lazy("Natural forest"),
    "planted forest": gettext_lazy("Planted forest"),
    "planted, not yet forest": gettext_lazy("Planted, not yet forest"),
    "land with regenerating trees": gettext_lazy("Land with regenerating trees"),
    "bare land": gettext_lazy("Bare land"),
    "other": gettext_lazy("Other land"),
}
STOCK = {
    "rich": gettext_lazy("rich"),
    "medium": gettext_lazy("medium"),
    "poor": gettext_lazy("poor"),
    "exhausted": gettext_lazy("exhausted"),
    "recovering": gettext_lazy("recovering"),
}
"""Words for the codes of the list."""


@admin.register(ForestPlot, site=site)
class ForestPlotAdmin(HouseAdmin):
    one, many, group = gettext_lazy("forest plot"), gettext_lazy("forest plots"), FORESTS
    words = {
        "code": gettext_lazy("Code"),
        "commune": pgettext_lazy("area", "Commune"),
        "compartment": gettext_lazy("Compartment"),
        "sub_compartment": gettext_lazy("Sub-compartment"),
        "plot": gettext_lazy("Plot"),
        "forest_type": gettext_lazy("Forest type"),
        "condition": gettext_lazy("Condition"),
        "species": gettext_lazy("Species"),
        "year_planted": gettext_lazy("Year of planting"),
        "owner_kind": gettext_lazy("Kind of owner"),
        "owner_name": gettext_lazy("Owner"),
        "legal_area_ha": gettext_lazy("Legal area (ha)"),
        "geom": gettext_lazy("Place"),
        "source": gettext_lazy("Source"),
    }
    private_roles = READERS
    private_fields = ("owner_name",)
    around = "forest_plots"
    list_display = ("code", "commune", "forest_type", "condition", "owner_kind", "owner_name", "legal_area_ha")
    list_filter = ("forest_type", "owner_kind", "commune")
    list_select_related = ("commune", "condition")
    search_fields = ("code",)
    search_help_text = gettext_lazy("Beginning of the code")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return rows if one else rows.defer("geom")

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        return rows.filter(code__startswith=term)

    def record_target(self, obj: Any) -> str:
        return f"forest_plot:{obj.code}"


class GroupFilter(Among):
    title, parameter_name, field = gettext_lazy("Group"), "by_group", "group"

    def values(self) -> Iterable[tuple[str, Text]]:
        return GROUPS.items()


@admin.register(ForestCondition, site=site)
class ForestConditionAdmin(HouseAdmin):
    one, many, group = gettext_lazy("forest condition"), gettext_lazy("forest conditions"), FORESTS
    words = {
        "code": gettext_lazy("Code"),
        "number": gettext_lazy("Number"),
        "name": gettext_lazy("Name"),
        "colour": gettext_lazy("Colour"),
        "source": gettext_lazy("Source"),
    }
    hidden = ("group", "stock_class")
    extra = ("group_words", "stock_words")
    list_display = ("number", "code", "name", "group_words", "stock_words", "colour")
    list_filter = (GroupFilter,)
    search_fields = ("code",)
    exactly = ("code", "number")

    @admin.display(description=gettext_lazy("Group"))
    def group_words(self, obj: ForestCondition) -> str:
        return str(GROUPS.get(obj.group, obj.group))

    @admin.display(description=gettext_lazy("Standing volume"))
    def stock_words(self, obj: ForestCondition) -> str:
        return str(STOCK.get(obj.stock_class, obj.stock_class)) or "—"
