"""The published layer of the forests."""

from django.utils.translation import gettext_lazy as _

from forests.codes import READERS
from forests.models import ForestPlot
from gis.layers import Field, Layer, Rule, Search, Style, register

TYPES = dict(ForestPlot.Type.choices)

COMPARTMENT_AND_PLOT = (
    r"(?:tieu khu|tk|compartment) ?(?P<compartment>\w{1,10})"
    r"(?:[ ,]*(?:khoanh|k|sub-compartment) ?(?P<sub_compartment>\d{1,5}))?"
    r"(?:[ ,]*(?:lo|plot) ?(?P<plot>\w{1,6}))?(?:[ ,;]+(?P<within>\D{2,}))?"
)
"""How a plot is named: "tiểu khu 12 khoảnh 3 lô 5 Ba Chẽ", or less of it."""


@register
class ForestPlots(Layer):
    name = "forest_plots"
    title = _("Forest plots")
    abstract = _("Plots of the forest inventory with their type and condition.")
    group = _("Forests")
    model = ForestPlot
    geometry_type = "Polygon"
    key = "code"
    overlay = "forest_type"
    position = 20
    detail_zoom = 10
    thin_by = "legal_area_ha"
    private_roles = READERS
    columns = ("code", "commune", "forest_type", "condition_name", "species", "year_planted", "legal_area_ha")
    ranges = ("legal_area_ha", "year_planted")
    fields = (
        Field("code", _("Plot code")),
        Field("commune", _("Commune"), source="commune__name"),
        Field("compartment", _("Compartment")),
        Field("sub_compartment", _("Sub-compartment"), "integer"),
        Field("plot", _("Plot")),
        Field("forest_type", _("Forest type"), "integer", values=TYPES),
        Field("condition", _("Condition code"), source="condition_id"),
        Field("condition_name", _("Condition"), source="condition__name"),
        Field("species", _("Species")),
        Field("year_planted", _("Year planted"), "integer"),
        Field("legal_area_ha", _("Area"), "number", unit="ha"),
        Field("owner_kind", _("Kind of owner"), values=dict(ForestPlot.OwnerKind.choices)),
        Field("owner_name", _("Owner"), private=True),
        Field("source", _("Source")),
    )
    search = Search(
        title=_("Compartment {compartment}, sub-compartment {sub_compartment}, plot {plot}"),
        subtitle=("{commune}", "{code}"),
        codes=("code",),
        patterns=(COMPARTMENT_AND_PLOT,),
    )
    styles = (
        Style(
            "type",
            _("By forest type"),
            (
                Rule(TYPES[1], (1,), fill="#2f7d4f", fill_opacity=0.75, stroke="#1d5a37", stroke_width=0.4),
                Rule(TYPES[2], (2,), fill="#6aa84f", fill_opacity=0.75, stroke="#47803a", stroke_width=0.4),
                Rule(TYPES[3], (3,), fill="#b5d38a", fill_opacity=0.75, stroke="#86ab5a", stroke_width=0.4),
            ),
            field="forest_type",
        ),
    )
