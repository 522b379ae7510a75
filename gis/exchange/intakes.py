"""What the layers take from files that no domain owns: stations, and what they measured."""

from collections.abc import Sequence
from datetime import tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.actions.record_readings import NewReading, record_readings
from gis.actions.record_stations import record_stations
from gis.exchange.intake import Intake, Row, intake
from gis.geometry.crs import WGS84_SRID
from gis.observations.models import Reading, Station
from gis.problems import Invalid

FATES: dict[str, Fate] = {"new": "stored", "changed": "merged", "unchanged": "unchanged"}
"""What becomes of a reading, in the words of imports."""


@intake("gauges")
class Gauges(Intake):
    """Points; readings come from tables of their own (`Readings`)."""

    title = gettext_lazy("Gauges")
    model = Station
    fields = ("code", "name", "kind", "commune", "source")
    key = "code"
    geometry = "Point"
    srid = WGS84_SRID
    aliases = {
        "code": ("ma", "ma_tram", "matram"),
        "name": ("ten", "ten_tram", "tentram"),
        "kind": ("loai", "loai_tram"),
        "commune": ("ma_xa", "maxa", "xa"),
        "source": ("nguon",),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        stations = [row.values | {"position": row.geos(self.srid)} for row in rows]
        return record_stations(actor, stations, source=source)


class Readings(Intake):
    """Rows of a table. Not among the layers' intakes: *zone*, of times that name none, is asked for."""

    layer = "gauges"
    title = gettext_lazy("Readings")
    model = Reading
    fields = ("station", "quantity", "time", "value", "minutes", "unit")
    optional = ("unit",)
    known_by = {"station": "code"}
    key = "station"
    geometry = None
    batch = 5000
    aliases = {
        "station": ("code", "ma", "ma_tram", "matram", "tram"),
        "quantity": ("dai_luong", "yeu_to", "yeuto"),
        "time": ("thoi_gian", "thoigian", "thoi_diem"),
        "value": ("gia_tri", "giatri", "tri_so"),
        "minutes": ("phut", "so_phut"),
        "unit": ("don_vi", "donvi"),
    }

    def __init__(self, zone: tzinfo | None = None) -> None:
        self.zone = zone
        self._codes: dict[int, str] = {}

    def key_of(self, row: Row) -> str:
        return f"{row.values['station_id']} {row.values['quantity']} {row.values['time'].isoformat()}"

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        self._codes = self._codes or dict(Station.objects.values_list("pk", "code"))
        recorded = record_readings(actor, [self._reading(row) for row in rows], source=source[:120])
        return [FATES[fate] for fate in recorded.fates]

    def _reading(self, row: Row) -> NewReading:
        values = row.values
        time = values["time"]
        if timezone.is_naive(time):
            if self.zone is None:
                expected = _("2024-09-07T13:05:00+07:00, or --utc-offset +07:00")
                raise Invalid(_("The time has no zone."), field="time", expected=expected)
            time = time.replace(tzinfo=self.zone)
        station = self._codes[values["station_id"]]
        measured = values["value"], values.get("minutes"), values.get("unit") or ""
        return NewReading(station, values["quantity"], time, *measured)
