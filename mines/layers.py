"""The published layers of the mines: the fields of a public mining register, and waste dumps."""

from django.utils.translation import gettext_lazy as _

from gis.layers import Field, Label, Layer, Rule, Search, Style, register
from mines.codes import READERS
from mines.models import Concession, WasteDump
from mines.sections import corners

STATUSES = dict(Concession.Status.choices)


@register
class MiningConcessions(Layer):
    name = "mining_concessions"
    title = _("Mining concessions")
    abstract = _("Licences to explore or extract minerals, with their area and levels.")
    group = _("Mines")
    model = Concession
    geometry_type = "Polygon"
    key = "licence_number"
    overlay = "status"
    position = 40
    private_roles = READERS
    columns = ("licence_number", "holder", "mineral", "method", "status", "commune", "expires_on", "licensed_area_ha")
    ranges = ("licensed_area_ha", "granted_on", "expires_on")
    newest = "granted_on"
    sections = (corners,)
    fields = (
        Field("licence_number", _("Licence")),
        Field("holder", _("Holder")),
        Field("holder_contact", _("Contact"), private=True),
        Field("mineral", _("Mineral")),
        Field("kind", _("Kind"), values=dict(Concession.Kind.choices)),
        Field("method", _("Method"), values=dict(Concession.Method.choices)),
        Field("status", _("Status"), values=STATUSES),
        Field("commune", _("Commune"), source="commune__name"),
        Field("granted_on", _("Granted on"), "date"),
        Field("expires_on", _("Expires on"), "date"),
        Field("top_level_m", _("Upper level"), "integer", unit="m"),
        Field("bottom_level_m", _("Lower level"), "integer", unit="m"),
        Field("licensed_area_ha", _("Licensed area"), "number", unit="ha"),
        Field("source", _("Source")),
    )
    search = Search(
        title="{licence_number}",
        subtitle=("{holder}", "{commune}", "{mineral}"),
        names=("holder", "mineral"),
        codes=("licence_number",),
    )
    styles = (
        Style(
            "status",
            _("By status"),
            (
                Rule(
                    STATUSES["hieu_luc"],
                    ("hieu_luc",),
                    fill="#8a5a83",
                    fill_opacity=0.3,
                    stroke="#5c2f57",
                    stroke_width=1.6,
                ),
                Rule(
                    STATUSES["cho_cap"],
                    ("cho_cap",),
                    fill="#8a5a83",
                    fill_opacity=0.1,
                    stroke="#5c2f57",
                    stroke_width=1.2,
                    dash=(6, 4),
                ),
                Rule(
                    STATUSES["tam_dung"],
                    ("tam_dung",),
                    fill="#b0823f",
                    fill_opacity=0.25,
                    stroke="#7d5518",
                    stroke_width=1.4,
                    dash=(2, 3),
                ),
                Rule(
                    _("Expired or closed"),
                    ("het_han", "da_dong"),
                    fill="#9a9a9a",
                    fill_opacity=0.2,
                    stroke="#666666",
                    stroke_width=1.0,
                ),
            ),
            field="status",
            labels=(Label("licence_number", size=10, colour="#3d1f3a", max_scale=100_000),),
        ),
    )


DUMP_STATUSES = dict(WasteDump.Status.choices)


def dump_rule(code: str, fill: str, stroke: str) -> Rule:
    """The dashed edge keeps dumps apart from concessions, whatever the colour."""
    return Rule(
        DUMP_STATUSES[code], (code,), fill=fill, fill_opacity=0.55, stroke=stroke, stroke_width=1.2, dash=(3, 2)
    )


@register
class WasteDumps(Layer):
    name = "waste_dumps"
    title = _("Waste dumps")
    abstract = _("Dumps of overburden beside open pits, with height and volume.")
    group = _("Mines")
    model = WasteDump
    geometry_type = "Polygon"
    key = "code"
    overlay = "status"
    position = 42
    visible = False
    columns = ("code", "name", "status", "concession", "commune", "height_m", "volume_m3")
    ranges = ("height_m", "volume_m3")
    fields = (
        Field("code", _("Code")),
        Field("name", _("Name")),
        Field("status", _("Status"), values=DUMP_STATUSES),
        Field("height_m", _("Height"), "number", unit="m"),
        Field("volume_m3", _("Volume"), "integer", unit="m³"),
        Field("concession", _("Licence"), source="concession__licence_number"),
        Field("commune", _("Commune"), source="commune__name"),
        Field("source", _("Source")),
    )
    search = Search(title="{name}", subtitle=("{code}", "{commune}", "{status}"), names=("name",), codes=("code",))
    styles = (
        Style(
            "status",
            _("By status"),
            (
                dump_rule("dang_do", "#8d6e63", "#4e342e"),
                dump_rule("dung_do", "#c7b8a3", "#7a6a55"),
                dump_rule("hoan_nguyen", "#9ccc8f", "#4c7a3f"),
            ),
            field="status",
            labels=(Label("name", size=10, colour="#4e342e", max_scale=100_000),),
        ),
    )
