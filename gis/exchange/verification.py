"""Is the data of a layer fit to be drawn and handed out?"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.gis.db.models.functions import IsValid
from django.core.exceptions import FieldError
from django.db.models import BooleanField, F, Func, QuerySet
from django.utils.translation import gettext as _

from gis.access.roles import ADMIN, OPERATOR
from gis.exchange.jobs import Work, background
from gis.layers import Layer, registry
from gis.places.models import Commune

BATCH = 2000
EXAMPLES = 5
"""Identifiers of faulty features that a line of the account names."""
COLUMNS = ("commune", "name", "features", "without_geometry", "empty", "invalid", "examples")


class IsEmpty(Func):
    """GeoDjango's own wants a column of the model's; a layer's geometry may be a path."""

    function = "ST_IsEmpty"
    output_field = BooleanField()


@dataclass
class Count:
    """What was found in one commune ("" = features that belong to none)."""

    features: int = 0
    without_geometry: int = 0
    empty: int = 0
    invalid: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, key: Any, empty: bool | None, valid: bool | None) -> None:
        """Count a feature; its geometry is missing where both are None."""
        self.features += 1
        self.without_geometry += empty is None
        self.empty += bool(empty)
        self.invalid += valid is False
        if (empty is not False or valid is False) and len(self.examples) < EXAMPLES:
            self.examples.append(str(key))

    @property
    def faults(self) -> int:
        return self.without_geometry + self.empty + self.invalid


@background("verify_layer", roles={ADMIN, OPERATOR}, repeatable=True)
def verify_layer(work: Work, layer: str) -> str:
    """Look at the geometry of every feature of *layer* that the viewer sees; the account by commune is a CSV file.

    A geometry is invalid by the rules of OGC Simple Features. Raises `NotFound` for a layer that is not there.
    """
    asked = registry.get(layer, work.viewer)
    rows = asked.rows(asked.areas_of(work.viewer))
    counts: defaultdict[str, Count] = defaultdict(Count)
    for commune, key, empty, valid in work.told(_looked_at(asked, rows), rows.count()):
        counts[commune or ""].add(key, empty, valid)
    path = work.scratch / "account.csv"
    _write(path, counts)
    work.attach(path, f"{layer}-verified.csv", "text/csv; charset=utf-8")
    return _verdict(sum(count.features for count in counts.values()), sum(count.faults for count in counts.values()))


def _looked_at(layer: Layer, rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """(commune, key, empty, valid) of every row, a batch of rows in memory at a time."""
    columns = rows.order_by("pk").values_list(
        "pk",
        *([layer.area] if has_communes(layer) else []),
        layer.key,
        IsEmpty(F(layer.geometry)),
        IsValid(layer.geometry),
    )
    last = None
    while batch := list((columns.filter(pk__gt=last) if last is not None else columns)[:BATCH]):
        last = batch[-1][0]
        yield from ((row[1] if len(row) > 4 else "", *row[-3:]) for row in batch)


def has_communes(layer: Layer) -> bool:
    """Whether the layer's rows lie in communes at all."""
    try:
        layer.rows("").values(layer.area)
    except FieldError:
        return False
    return True


def _write(path: Path, counts: dict[str, Count]) -> None:
    names = dict(Commune.objects.filter(code__in=counts).values_list("code", "name"))
    with path.open("w", encoding="utf-8-sig", newline="") as sink:  # the mark tells spreadsheets that it is UTF-8
        table = csv.writer(sink)
        table.writerow(COLUMNS)
        for code, count in sorted(counts.items()):
            figures = (count.features, count.without_geometry, count.empty, count.invalid)
            table.writerow((code, names.get(code, ""), *figures, " ".join(count.examples)))


def _verdict(features: int, faults: int) -> str:
    if not faults:
        return _("Features looked at: %d. All geometries are valid.") % features
    figures = {"features": features, "faults": faults}
    return _("Features looked at: %(features)d. Geometries missing, empty or invalid: %(faults)d.") % figures
