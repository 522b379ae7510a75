"""What the disaster domain's layers take from files."""

from collections.abc import Sequence
from typing import cast

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from disaster.actions.record_assets import NewAsset, record_assets
from disaster.actions.record_shelters import ListedShelter, record_shelters
from disaster.models import RescueAsset, Shelter
from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.exchange.intake import Intake, Row, intake
from gis.geometry.crs import WGS84_SRID


@intake("rescue_assets")
class RescueAssets(Intake):
    """Points; an asset that reports its position keeps that one."""

    title = _("Rescue assets")
    model = RescueAsset
    fields = ("code", "name", "kind", "status", "commune", "crew", "fuel_percent", "contact", "source")
    key = "code"
    geometry = "Point"
    srid = WGS84_SRID
    aliases = {
        "code": ("ma",),
        "name": ("ten",),
        "kind": ("loai",),
        "commune": ("ma_xa", "xa"),
        "contact": ("lien_he",),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        assets = [NewAsset(row.values, cast(Point, row.geos(self.srid))) for row in rows]
        return record_assets(actor, assets, source=source)


@intake("shelters")
class Shelters(Intake):
    """Points; one without a commune is of the one that lies there."""

    title = _("Shelters")
    model = Shelter
    fields = ("code", "name", "kind", "capacity", "commune", "contact", "source")
    optional = ("commune",)
    key = "code"
    geometry = "Point"
    srid = WGS84_SRID
    aliases = {
        "code": ("ma",),
        "name": ("ten",),
        "kind": ("loai",),
        "capacity": ("suc_chua", "succhua"),
        "commune": ("ma_xa", "maxa", "xa"),
        "contact": ("lien_he", "lienhe", "dien_thoai"),
        "source": ("nguon",),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        shelters = [ListedShelter(row.values, cast(Point, row.geos(self.srid))) for row in rows]
        return record_shelters(actor, shelters, source=source)
