"""Outlines of communes from a file: matched by code, stored as new versions; names and areas compared, never taken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.contrib.gis.geos import MultiPolygon
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.actions.renew_outlines import NewOutline, renew_outlines
from gis.exchange.importing import Progress, import_features
from gis.exchange.intake import Intake, Row, folded
from gis.exchange.ledger import Ledger
from gis.exchange.mappings import Origin
from gis.exchange.vectors import Feature, VectorFile
from gis.places.models import Commune, CommuneOutline
from gis.problems import Invalid

COLUMNS = {
    "code": ("code", "maxa", "ma_xa", "ma_dvhc", "ward_code", "wardcode"),
    "name": ("name", "ten", "tenxa", "ten_xa", "ten_dvhc", "full_name", "ward"),
    "area_official_km2": ("area_official_km2", "area_km2", "dientich", "dien_tich", "dtich"),
}
"""What of a commune a file tells → columns that usually hold it; only the code is needed."""
SAME_AREA_KM2 = Decimal("0.005")


class Outlines(Intake):
    """Takes outlines that hold from a day on. Not among the layers' intakes: a day is asked for."""

    layer = "communes"
    title = gettext_lazy("Communes")
    model = CommuneOutline
    fields = ("commune",)
    key = "commune"
    geometry = "MultiPolygon"
    batch = 20

    def __init__(self, valid_from: date, source: str) -> None:
        self.valid_from = valid_from
        self.source = source

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        outlines = [NewOutline(row.values["commune_id"], cast(MultiPolygon, row.geos(self.srid))) for row in rows]
        return renew_outlines(actor, outlines, valid_from=self.valid_from, source=self.source, reason=source)


@dataclass
class Comparison:
    """What a file says of communes beside their outlines, against what is known; neither corrects the other."""

    columns: dict[str, str]
    known: dict[str, Commune] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for commune in Commune.objects.all():
            self.known |= dict.fromkeys([commune.code, *commune.aliases], commune)

    def watch(self, batches: Iterable[list[Feature]]) -> Iterator[list[Feature]]:
        """*batches* as they come, each feature compared."""
        for batch in batches:
            for feature in batch:
                commune = self.known.get((feature.values[self.columns["code"]] or "").zfill(5))
                if commune is not None:
                    self.met.add(commune.code)
                    self.remarks += self._remarks(commune, feature.values)
            yield batch

    def _remarks(self, commune: Commune, values: dict[str, Any]) -> Iterator[str]:
        told = _("%(code)s: the file says %(theirs)s, here it is %(ours)s.")
        code = values[self.columns["code"]]
        if code != commune.code:
            yield told % {"code": commune.code, "theirs": code, "ours": commune.code}
        name = values.get(self.columns.get("name", ""))
        if name and name not in (commune.name, str(commune)) and not name.endswith(f" {commune.name}"):
            yield told % {"code": commune.code, "theirs": name, "ours": commune.name}
        area = _area(values.get(self.columns.get("area_official_km2", "")))
        ours = commune.area_official_km2
        if area is not None and ours is not None and abs(area - ours) > SAME_AREA_KM2:
            yield told % {"code": commune.code, "theirs": f"{area} km²", "ours": f"{ours} km²"}

    def missing(self) -> list[str]:
        """Codes of communes that the file does not tell of."""
        return sorted({commune.code for commune in self.known.values()} - self.met)


def columns_of(source: VectorFile, written: dict[str, Any] | None = None) -> dict[str, str]:
    """Which column tells what: as *written* in a mapping, else by the usual names. Raises `Invalid`."""
    by_name = {folded(column): column for column in reversed(source.columns)}
    found = {
        name: by_name[folded(usual)]
        for name, names in COLUMNS.items()
        for usual in reversed(names)
        if folded(usual) in by_name
    }
    for name, column in (written or {}).items():
        if name not in COLUMNS or column not in source.columns:
            told = _("The mapping of %s is not understood.") % name
            raise Invalid(told, field="mapping", expected=f"{', '.join(COLUMNS)} → {', '.join(source.columns)}")
        found[name] = column
    if "code" not in found:
        told = _("No column is known to hold the communes' codes; name it in a mapping.")
        raise Invalid(told, field="mapping", expected=f'{{"code": "…"}}: {", ".join(source.columns)}')
    return found


def import_communes(
    source: VectorFile,
    comparison: Comparison,
    *,
    actor: Viewer,
    valid_from: date,
    origin: str,
    skip_refused: bool = False,
    dry_run: bool = False,
    progress: Progress = iter,
) -> Ledger:
    """Store outlines that hold from *valid_from*, by the source *origin*; all right ones in one transaction, or none.

    Raises `RowsRefused` when a row is refused and *skip_refused* is not set.
    """
    return import_features(
        Outlines(valid_from, origin),
        source,
        {"commune": Origin(column=comparison.columns["code"])},
        actor=actor,
        skip_refused=skip_refused,
        dry_run=dry_run,
        progress=lambda batches: progress(comparison.watch(batches)),
        command="import_communes",
    )


def _area(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None
