"""The published layer of the communes, which every domain's map stands on."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas
from gis.layers.base import Field, Layer, OtherName, Search
from gis.layers.registry import register
from gis.layers.styles import Label, Rule, Style
from gis.places.models import Commune, CommuneOutline, CommuneSuccession, FormerCommune
from gis.places.names import KINDS, Called, CommuneNames


@register
class Communes(Layer):
    name = "communes"
    title = _("Communes")
    abstract = _("The 54 wards, communes and special zones of the province. Not a legal boundary.")
    group = _("Administration")
    model = CommuneOutline
    geometry_type = "Polygon"
    key = "commune_id"
    position = 10
    columns = ("code", "name", "name_en", "kind", "area_official_km2", "valid_from")
    ranges = ("area_official_km2",)
    fields = (
        Field("code", _("Code"), source="commune_id"),
        Field("name", _("Name"), source="commune__name"),
        Field("name_en", _("English name"), source="commune__name_en"),
        Field("kind", _("Kind"), source="commune__kind", values=dict(Commune.Kind.choices)),
        Field("area_official_km2", _("Official area"), "number", source="commune__area_official_km2", unit="km²"),
        Field("schematic", _("Schematic outline"), "boolean"),
        Field("valid_from", _("In force since"), "date"),
        Field("source", _("Source")),
    )
    styles = (
        Style(
            "outline",
            _("Outline"),
            (Rule(_("Commune"), fill="#f6f3ea", fill_opacity=1.0, stroke="#a99f8d", stroke_width=1.0),),
            labels=(Label("name", size=11, colour="#5b5345", max_scale=1_000_000),),
        ),
    )

    search = Search(
        title="{name}",
        subtitle=("{kind}", "{code}"),
        names=("name", "name_en"),
        codes=("code",),
        lead=KINDS,
    )

    def other_names(self, folded: str, places: CommuneNames, limit: int) -> list[OtherName]:
        """Communes by the names and codes of those that went into them, and by other codes of their own."""
        called = places.coded(folded, limit) if folded.isdigit() else places.old(folded, limit)
        return [OtherName(one.code, 2 * one.rank + 1, _note(one)) for one in called]

    def rows(self, areas: Areas) -> QuerySet[Any]:
        return CommuneOutline.objects.filter(valid_to__isnull=True)


def _note(called: Called) -> str:
    """ "formerly Ward Hồng Gai, Thành phố Hạ Long (a part)"."""
    if called.former is None:
        return ""
    kind = dict(FormerCommune.Kind.choices)[called.kind or "xa"]
    note = gettext("formerly %(kind)s %(name)s, %(district)s") % {
        "kind": str(kind).lower(),
        "name": called.former,
        "district": called.district,
    }
    if called.relation == CommuneSuccession.Relation.WHOLE:
        return note
    return gettext("%(former)s (in part)") % {"former": note}
