"""The published layers of what lies around the province: land, borders, the province's outline, and names.

They stand here because no domain owns them. All are for orientation; of names only those in `fixtures/facts` are known.
"""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat, Replace
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas
from gis.geometry.crs import WGS84_SRID
from gis.layers.base import Field, Layer, Search
from gis.layers.credits import COAST
from gis.layers.registry import register
from gis.layers.styles import Label, Rule, Style
from gis.places.models import CountryBorder, Land, PlaceLabel, ProvinceOutline

KINDS = dict(PlaceLabel.Kind.choices)
CLOSEST_BORDER = 1_000_000
"""Closer than this the borders at hand are visibly beside the true ones."""
WORLD_SCALE = 60_000_000
"""Coarser than this there is only room for small letters."""
SEA_INK, SEA_HALO, LAND_INK = "#3f7683", "#eaf3f3", "#4a4a4a"


@register
class Coast(Layer):
    name = "coast"
    title = pgettext_lazy("geography", "Land")
    abstract = _("The land of the world, for orientation: finer around the province, coarse elsewhere.")
    attribution = COAST
    group = _("Surroundings")
    model = Land
    geometry_type = "Polygon"
    srid = WGS84_SRID
    position = 2
    fields = (Field("source", _("Source")),)
    styles = (Style("plain", _("Plain"), (Rule(pgettext_lazy("geography", "Land"), fill="#efece3"),)),)


@register
class Province(Layer):
    name = "province"
    title = _("Province")
    abstract = _("The outline around the communes in force. Not a legal boundary.")
    group = _("Administration")
    model = ProvinceOutline
    geometry_type = "Polygon"
    position = 15
    fields = (Field("schematic", _("Schematic outline"), "boolean"), Field("source", _("Source")))
    styles = (Style("outline", _("Outline"), (Rule(_("Province"), stroke="#8a7d66", stroke_width=1.4),)),)


@register
class CountryBorders(Layer):
    name = "country_borders"
    title = _("Country borders")
    abstract = _("Borders on the mainland around Vietnam, for orientation. Not a legal boundary.")
    attribution = COAST
    group = _("Surroundings")
    model = CountryBorder
    geometry_type = "LineString"
    srid = WGS84_SRID
    position = 3
    fields = (Field("name", _("Name")), Field("source", _("Source")))
    styles = (
        Style(
            "plain",
            _("Plain"),
            (
                Rule(
                    _("Country border"), stroke="#7a6f86", stroke_width=1.4, dash=(8, 3, 2, 3), min_scale=CLOSEST_BORDER
                ),
            ),
        ),
    )


def _name(kind: str, anchor: str, size: float, **how: Any) -> Label:
    placement = {"centre": "over", "beside": "point"}.get(anchor, anchor)
    return Label("drawn_name", size=size, values=(f"{kind}-{anchor}",), placement=placement, **how)  # type: ignore[arg-type]


SEA: dict[str, Any] = {"colour": SEA_INK, "halo": SEA_HALO, "italic": True}
SIZES: tuple[tuple[float, dict[str, Any]], ...] = (
    (11, {"max_scale": WORLD_SCALE}),
    (8, {"min_scale": WORLD_SCALE + 1}),
)
SIDES = ("above", "below")
ISLANDS: dict[str, Any] = {"colour": "#1f4e5f", "always": True}
ARCHIPELAGOS = (
    *(_name("archipelago", side, size, **ISLANDS, **scales) for size, scales in SIZES for side in SIDES),
    _name("archipelago_island", "below", 9, **ISLANDS),
)
"""Their place never depends on what else is written: in pictures that lie over one another they fall together."""
OTHERS = (
    _name("country", "centre", 13, colour="#6f6580"),
    _name("sea", "centre", 14, **SEA),
    _name("bay", "centre", 11, **SEA),
    _name("capital", "beside", 11, colour="#222222"),
    _name("city", "beside", 10, colour="#333333"),
    _name("province", "centre", 11, colour="#6d6250"),
    _name("island", "below", 9, colour=LAND_INK),
)


def _town(kind: str, size: float) -> Rule:
    return Rule(KINDS[kind], (f"{kind}-beside",), fill="#ffffff", stroke="#333333", marker="circle", size=size)


@register
class PlaceLabels(Layer):
    name = "place_labels"
    title = _("Place names")
    abstract = _(
        "Seas, archipelagos, countries, provinces and cities, each with the scales at which it is written."
        " The archipelagos Hoàng Sa and Trường Sa (Việt Nam) are written on every picture that reaches them."
    )
    group = _("Surroundings")
    model = PlaceLabel
    geometry_type = "Point"
    geometry = "position"
    srid = WGS84_SRID
    key = "code"
    position = 4
    scale_fields = ("min_scale", "max_scale")
    search = Search(title="{name}", subtitle=("{kind}",), names=("name", "name_en"))
    fields = (
        Field("code", _("Code")),
        Field("name", _("Name")),
        Field("name_en", _("English name")),
        Field("kind", _("Kind"), values=KINDS),
        Field("rank", _("Rank"), "integer"),
        Field("min_scale", _("From scale 1 :"), "integer"),
        Field("max_scale", _("Up to scale 1 :"), "integer"),
        Field("source", _("Source")),
        Field("drawn_as", _("Drawn as"), for_drawing=True),
        Field("drawn_name", _("Name in lines"), for_drawing=True),
    )
    styles = (
        Style("all", _("All"), (_town("capital", 7), _town("city", 5)), field="drawn_as", labels=ARCHIPELAGOS + OTHERS),
        Style("archipelagos", _("Archipelagos alone"), (), field="drawn_as", labels=ARCHIPELAGOS),
    )

    def rows(self, areas: Areas) -> QuerySet[Any]:
        return PlaceLabel.objects.annotate(
            drawn_as=Concat(F("kind"), Value("-"), F("anchor")),
            drawn_name=Replace(F("name"), Value(" ("), Value("\n(")),
        )


def place_names(*kinds: str) -> list[dict[str, Any]]:
    """The names (of *kinds*, else all) in the active language, for pages that write them themselves.

    See `frontend/src/shared/places.ts`; the most important first. Positions in degrees of WGS 84.
    """
    labels = PlaceLabel.objects.filter(kind__in=kinds) if kinds else PlaceLabel.objects.all()
    english = (get_language() or "").startswith("en")
    return [
        {
            "name": (label.name_en if english else label.name).replace(" (", "\n("),
            "lon": label.position.x,
            "lat": label.position.y,
            **{name: getattr(label, name) for name in ("kind", "rank", "anchor", "min_scale", "max_scale")},
        }
        for label in labels
    ]
