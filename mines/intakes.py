"""What the mines' layer takes from files."""

from collections.abc import Sequence

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.exchange.intake import Intake, Row, intake
from gis.problems import Invalid
from mines.actions.record_concessions import Corners, NewConcession, record_concessions
from mines.actions.record_dumps import record_dumps
from mines.models import Concession, WasteDump


@intake("mining_concessions")
class MiningConcessions(Intake):
    """Polygons; their vertices are the corners, numbered in the order of the file."""

    title = gettext_lazy("Mining concessions")
    model = Concession
    fields = (
        "licence_number", "holder", "holder_contact", "mineral", "kind", "method", "status", "commune", "granted_on",
        "expires_on", "top_level_m", "bottom_level_m", "licensed_area_ha", "source",
    )  # fmt: skip
    key = "licence_number"
    geometry = "Polygon"
    batch = 200
    aliases = {
        "licence_number": ("so_gp", "so_giay_phep", "licence", "license"),
        "holder": ("to_chuc", "don_vi", "ten_to_chuc"),
        "mineral": ("khoang_san", "loai_khoang_san"),
        "commune": ("ma_xa", "xa"),
        "granted_on": ("ngay_cap",),
        "expires_on": ("ngay_het_han",),
        "top_level_m": ("muc_tren",),
        "bottom_level_m": ("muc_duoi",),
        "licensed_area_ha": ("dien_tich", "area_ha"),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        return record_concessions(actor, [NewConcession(row.values, _corners(row)) for row in rows], source=source)


def _corners(row: Row) -> Corners:
    if shapely.get_num_interior_rings(row.shape):
        raise Invalid(_("The area of a licence has no holes."), field="geometry")
    ring = shapely.get_coordinates(shapely.get_exterior_ring(row.shape))[:-1]
    return [(east, north) for east, north in ring.round(3).tolist()]


@intake("waste_dumps")
class WasteDumps(Intake):
    """Polygons; a licence is named by its number."""

    title = gettext_lazy("Waste dumps")
    model = WasteDump
    fields = ("code", "name", "status", "height_m", "volume_m3", "concession", "commune", "source")
    known_by = {"concession": "licence_number"}
    key = "code"
    geometry = "Polygon"
    aliases = {
        "code": ("ma",),
        "name": ("ten", "ten_bai_thai"),
        "status": ("trang_thai",),
        "height_m": ("chieu_cao", "chieucao"),
        "volume_m3": ("the_tich", "dung_tich", "khoi_luong"),
        "concession": ("so_gp", "so_giay_phep", "licence"),
        "commune": ("ma_xa", "maxa", "xa"),
        "source": ("nguon",),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        return record_dumps(actor, [row.values | {"geom": row.geos(self.srid)} for row in rows], source=source)
