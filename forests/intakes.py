"""What the forests' layer takes from files."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from forests.actions.record_plots import record_plots
from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.exchange.intake import Intake, Row, intake


@intake("forest_plots")
class ForestPlots(Intake):
    title = _("Forest plots")
    model = ForestPlot
    fields = (
        "code", "commune", "compartment", "sub_compartment", "plot", "forest_type", "condition", "species",
        "year_planted", "owner_kind", "owner_name", "legal_area_ha", "source",
    )  # fmt: skip
    key = "code"
    geometry = "MultiPolygon"
    aliases = {
        "commune": ("maxa", "ma_xa", "xa"),
        "compartment": ("tk", "tieukhu", "tieu_khu"),
        "sub_compartment": ("khoanh",),
        "plot": ("lo",),
        "forest_type": ("malr3",),
        "condition": ("ldlr",),
        "species": ("sldlr", "loaicay", "loai_cay"),
        "year_planted": ("namtr", "nam_trong"),
        "owner_kind": ("dtuong", "chu_quan_ly"),
        "owner_name": ("churung", "chu_rung"),
        "legal_area_ha": ("dtich", "dien_tich", "area_ha"),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        plots = [row.values | {"geom": row.geos(self.srid)} for row in rows]
        return record_plots(actor, plots, source=source)
