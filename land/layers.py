"""The published layer of the land: parcels in force."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas
from gis.layers import Field, Label, Layer, Overview, Past, Rule, Search, Style, register
from gis.layers.sections import records_of
from land.codes import READERS, USE_GROUPS
from land.models import Parcel, ParcelCell
from land.sections import corners, versions

GROUP_RULES = (
    ("residential", _("Residential"), "#f4b9d8"),
    ("rice", _("Rice"), "#fdf6a4"),
    ("annual_crops", _("Annual crops"), "#f8eebc"),
    ("perennial_crops", _("Perennial crops"), "#f3cf9f"),
    ("forest", _("Forest"), "#b7dc96"),
    ("aquaculture", _("Aquaculture and salt"), "#aee3e6"),
    ("business", _("Business and industry"), "#f2a7a0"),
    ("mining", _("Mining and dumps"), "#cdb0cd"),
    ("transport", _("Transport"), "#e3dcd1"),
    ("water", _("Water and irrigation"), "#9fcfe8"),
    ("cemetery", _("Cemetery"), "#cfcfcf"),
    ("unused", _("Unused"), "#f7f5ee"),
)
"""Group of land uses, its title and colour."""
SHEET = r"to (?:ban do )?(?:so )?(?P<sheet>\d{1,9})"
NUMBER = r"(?:so )?thua (?:dat )?(?:so )?(?P<number>\d{1,9})"
WITHIN = r"(?:[ ,;]+(?P<within>.{2,}))?"
SHEET_AND_NUMBER = (
    rf"{SHEET}[ ,;/-]*{NUMBER}{WITHIN}",
    rf"{NUMBER}[ ,;/-]*{SHEET}{WITHIN}",
    rf"(?:to |sheet )?(?P<sheet>\d{{1,9}}) ?(?:/|,? parcel) ?(?P<number>\d{{1,9}}){WITHIN}",
)
"""How a parcel is named by its sheet and number: "tờ 12 thửa 34 Hồng Gai", "thửa 34 tờ 12", "12/34"."""


@register
class Parcels(Layer):
    name = "parcels"
    title = _("Land parcels")
    abstract = _("Parcels in force with their identifier, sheet and number, land use and area.")
    group = _("Land")
    model = Parcel
    geometry_type = "Polygon"
    key = "identifier"
    overlay = "land_use"
    has_past = True
    position = 30
    detail_zoom = 14
    thin_by = "area_m2"
    overview = Overview(ParcelCell, sizes=(50, 100, 200, 400, 800), min_scale=25_000)
    private_roles = READERS
    columns = ("identifier", "commune", "sheet", "number", "land_use", "legal_area_m2", "valid_from")
    ranges = ("legal_area_m2", "valid_from")
    sorted_by = ("identifier", "legal_area_m2", "valid_from")
    newest = "valid_from"
    sections = (corners, versions, records_of("parcel"))
    fields = (
        Field("identifier", _("Identifier")),
        Field("commune", _("Commune"), source="commune__name"),
        Field("sheet", _("Sheet"), "integer"),
        Field("number", _("Number"), "integer"),
        Field("land_use", _("Land use"), source="land_use_id", word="land_use_name"),
        Field("land_use_name", _("Land-use name"), source="land_use__name"),
        Field("legal_area_m2", _("Area"), "number", unit="m²"),
        Field("valid_from", _("In force since"), "date"),
        Field("version", _("Version"), "integer"),
        Field("source", _("Source")),
    )
    styles = (
        Style(
            "land_use",
            _("By land use"),
            (
                *(
                    Rule(title, USE_GROUPS[group], fill=fill, stroke="#6b6157", stroke_width=0.5)
                    for group, title, fill in GROUP_RULES
                ),
                Rule(_("Public and special-purpose"), (), fill="#f6c3a8", stroke="#6b6157", stroke_width=0.5),
            ),
            field="land_use",
            labels=(Label("number", size=9, colour="#3a332b", max_scale=3_000),),
        ),
    )

    search = Search(
        title=_("Sheet {sheet}, parcel {number}"),
        subtitle=("{commune}", "{identifier}"),
        digits=("identifier",),
        patterns=SHEET_AND_NUMBER,
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        return Parcel.objects.current().visible_in(areas)

    def rows_at(self, areas: Areas, past: Past) -> QuerySet[Any]:
        return Parcel.objects.held(past.first, past.last, past.known).visible_in(areas).openly_there(areas)

    def overview_rows(self, areas: Areas) -> QuerySet[Any]:
        return ParcelCell.objects.visible_in(areas)
