"""What a station has measured, newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime

from gis.observations.models import Quantity, Reading, Station

FEWEST = len(Quantity)
"""Readings of one moment: a page that holds so many always holds a whole moment."""


@dataclass(frozen=True)
class Page:
    """*before*: where the next one begins; None on the last."""

    readings: list[Reading]
    before: datetime | None


def page_of(
    station: Station,
    limit: int,
    *,
    quantity: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> Page:
    """At most *limit* (from `FEWEST` on) readings from *since* up to but without *before*; no moment is torn apart."""
    found = Reading.objects.filter(station=station)
    if quantity:
        found = found.filter(quantity=quantity)
    if since:
        found = found.filter(time__gte=since)
    if before:
        found = found.filter(time__lt=before)
    readings = list(found.order_by("-time", "quantity")[: limit + 1])
    if len(readings) <= limit:
        return Page(readings, None)
    torn = readings[limit].time
    whole = [reading for reading in readings if reading.time > torn]
    return Page(whole, whole[-1].time)
