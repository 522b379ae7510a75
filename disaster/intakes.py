"""What the disaster domain's layers take from files."""

from collections.abc import Sequence
from typing import cast

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from disaster.actions.record_assets import NewAsset, record_assets
from disaster.models import RescueAsset
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
