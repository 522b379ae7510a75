"""What a detail tells beyond a row's fields: tables that a layer declares, each under the permissions of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import hypot
from typing import Any

from django.utils.translation import gettext_lazy as _

from gis.access.viewer import Areas, covers
from gis.actions.models import Record
from gis.layers.base import Field
from gis.layers.values import shown
from gis.problems import Text

MOST_ROWS = 200
"""Rows of one table; the newest, where rows have times."""


@dataclass(frozen=True)
class Section:
    """A table of a detail."""

    title: Text
    columns: tuple[Field, ...]
    rows: Sequence[Sequence[Any]]

    @property
    def words(self) -> list[list[tuple[Field, str]]]:
        """Each row as readers see it, beside its fields."""
        return [
            [(field, shown(field, value)) for field, value in zip(self.columns, row, strict=True)] for row in self.rows
        ]


Maker = Callable[[Areas, Any], Section | None]
"""Makes the table of the row *key* for a viewer with *areas*, who sees the row; None where there is nothing to tell."""

CORNERS = (
    Field("corner", _("Corner")),
    Field("north", _("X (north)"), "number", unit="m"),
    Field("east", _("Y (east)"), "number", unit="m"),
    Field("side", _("Side to the next"), "number", unit="m"),
)
CORNERS_TITLE = _("Corners in VN-2000, zone 107°45′")


def corners(ring: Sequence[tuple[str, float, float]]) -> list[tuple[Any, ...]]:
    """(name, north, east, length of the side to the next) of a closed ring of (name, easting, northing), metres."""
    return [
        (name, _metres(north), _metres(east), Decimal(f"{hypot(other[1] - east, other[2] - north):.2f}"))
        for (name, east, north), other in pairwise([*ring, *ring[:1]])
    ]


def _metres(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")


def records_of(kind: str) -> Maker:
    """Who changed the row, when and by which document: for those alone who see private rows in the commune of it."""

    def records(areas: Areas, key: Any) -> Section | None:
        if not areas:
            return None
        found = Record.objects.filter(target=f"{kind}:{key}").order_by("-at", "-pk")[:MOST_ROWS]
        rows = [
            (one.at, one.action, one.actor_name, _told(one.changes), one.reason)
            for one in found
            if covers(areas, one.commune or None)
        ]
        return Section(_("Changes"), RECORD, rows) if rows else None

    return records


RECORD = (
    Field("at", _("Time"), "datetime"),
    Field("action", _("Action")),
    Field("actor", _("By")),
    Field("changes", _("Changed")),
    Field("reason", _("Document")),
)


def _told(changes: dict[str, Any]) -> str:
    """ "number: 12 → 13; land_use: ODT → TMD"."""
    return "; ".join(
        f"{name}: {_word(pair[0])} → {_word(pair[1])}"
        for name, pair in changes.items()
        if isinstance(pair, list) and len(pair) == 2
    )


def _word(value: Any) -> str:
    text = "—" if value in (None, "") else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
