"""Record what stations measured. (Here and not in `gis.observations`, which lies below the actions.)"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE, Viewer
from gis.actions.base import Change, action
from gis.observations.codes import KEEPERS
from gis.observations.live import station_feature
from gis.observations.models import PLAUSIBLE, UNITS, Reading, Station
from gis.problems import Forbidden, Invalid, Problem, SignInNeeded, TooLarge

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a station's clock may be."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
MOST_READINGS = 50_000
"""In one call: one transaction, one event for each station."""
LONGEST_PERIOD = 1440
LOOKED_UP = 5000
"""Readings whose predecessors are looked up in one query."""
HUNDREDTH = Decimal("0.01")

Key = tuple[int, str, datetime]
Fate = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True)
class NewReading:
    """A value of *quantity* ("rain" mm, "level" m, "wind" m/s) at a station, by its code.

    *minutes*: over which rain was summed or wind averaged, up to *time*. *unit*: the stored one where it is told.
    """

    station: str
    quantity: str
    time: datetime
    value: Any
    minutes: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class Recorded:
    """What became of each reading, in their order."""

    fates: tuple[Fate, ...]
    refusals: Mapping[int, Problem] = field(default_factory=dict)
    """Why, by the place of the reading."""

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(self.fates))


@action("observations.record_readings")
def record_readings(
    change: Change, readings: Iterable[NewReading], *, source: str, skip_refused: bool = False
) -> Recorded:
    """Store *readings*; those that stand already are left, or corrected where their value differs.

    Any order: what a map shows is the newest by its own time. All or nothing: raises `SignInNeeded`, `Forbidden`,
    `Invalid` naming the row as `readings[12].value`, `TooLarge`. With *skip_refused* single readings are refused and
    the others stored. One history row and one event for each station that anything became new of.
    """
    told = list(readings)
    if len(told) > MOST_READINGS:
        raise TooLarge(_("At most %d readings at once.") % MOST_READINGS, field="readings")
    if not 1 <= len(source.strip()) <= 120:
        raise Invalid(_("The source is named."), field="source", expected=_("1 to %d letters") % 120)
    stations = _stations(change.actor, told)
    rows, refusals = _checked(change.actor, told, stations, source.strip())
    if refusals and not skip_refused:
        raise refusals[min(refusals)]
    fates = _store(rows)
    for station in stations.values():
        mine = [fate for fate, row in zip(fates, rows, strict=True) if row.station_id == station.pk]
        news = {fate: count for fate, count in Counter(mine).items() if fate != "unchanged"}
        if news:
            change.record(
                f"station:{station.code}", {"readings": [None, news]}, commune=station.commune_id, reason=source
            )
            newest = Station.objects.with_newest().get(pk=station.pk)
            change.publish("gauges", "read", station.code, station_feature(newest))
    stored = iter(fates)
    return Recorded(tuple("refused" if place in refusals else next(stored) for place in range(len(told))), refusals)


def _stations(actor: Viewer, readings: Sequence[NewReading]) -> dict[str, Station]:
    """The stations by code, locked in the order of their codes, so that two feeds never wait for each other.

    Raises `SignInNeeded`, and `Forbidden` for who keeps none at all.
    """
    if actor != SERVICE and not actor.signed_in:
        raise SignInNeeded
    if actor != SERVICE and not actor.areas(KEEPERS):
        raise Forbidden(needed_roles=sorted(KEEPERS))
    wanted = {reading.station for reading in readings}
    return {s.code: s for s in Station.objects.filter(code__in=wanted).order_by("code").select_for_update()}


def _checked(
    actor: Viewer, readings: Sequence[NewReading], stations: dict[str, Station], source: str
) -> tuple[list[Reading], dict[int, Problem]]:
    """Those that can be stored, in their order, and why the others cannot, by their places."""
    rows: list[Reading] = []
    refusals: dict[int, Problem] = {}
    for number, reading in enumerate(readings):
        try:
            if reading.station not in stations:
                raise Invalid(_("There is no station with this code."), field=f"readings[{number}].station")
            if actor != SERVICE:
                actor.require(KEEPERS, stations[reading.station].commune_id)
            rows.append(_row(number, reading, stations, source))
        except Problem as problem:
            refusals[number] = problem
    return rows, refusals


def _row(number: int, told: NewReading, stations: dict[str, Station], source: str) -> Reading:
    """The checked reading. Raises `Invalid` with the row's number and field."""

    def wrong(part: str, words: str, expected: str) -> Invalid:
        return Invalid(words, field=f"readings[{number}].{part}", expected=expected)

    if told.quantity not in UNITS:
        raise wrong("quantity", _("This is not measured here."), ", ".join(UNITS))
    if told.unit not in ("", UNITS[told.quantity]):
        raise wrong("unit", _("The value is in another unit than is stored."), UNITS[told.quantity])
    if timezone.is_naive(told.time):
        raise wrong("time", _("The time has no zone."), "2024-09-07T13:05:00+07:00")
    if not EARLIEST <= told.time <= timezone.now() + CLOCK_TOLERANCE:
        raise wrong("time", _("The time lies in the future, or too far back."), _("at most 10 minutes ahead"))
    if told.quantity == "level" and told.minutes is not None:
        raise wrong("minutes", _("A water level covers no period."), _("nothing"))
    if told.quantity != "level" and not 1 <= (told.minutes or 0) <= LONGEST_PERIOD:
        raise wrong("minutes", _("Rain and wind come with the minutes they cover."), f"1…{LONGEST_PERIOD}")
    lowest, highest = PLAUSIBLE[told.quantity]
    value = _decimal(told.value)
    if value is None or not lowest <= value <= highest:
        raise wrong("value", _("The value is out of range."), f"{lowest}…{highest} {UNITS[told.quantity]}")
    return Reading(
        station=stations[told.station],
        quantity=told.quantity,
        time=told.time.astimezone(UTC),
        minutes=told.minutes,
        value=value,
        unit=UNITS[told.quantity],
        source=source,
    )


def _decimal(value: Any) -> Decimal | None:
    """*value* to a hundredth, as it is stored; None where it is no number."""
    try:
        number = Decimal(str(value))
        return number.quantize(HUNDREDTH, ROUND_HALF_UP) if number.is_finite() else None
    except InvalidOperation:
        return None


def _store(rows: list[Reading]) -> list[Fate]:
    standing = _standing(rows)
    fates: list[Fate] = []
    new: dict[Key, Reading] = {}
    changed: dict[Key, Reading] = {}
    for row in rows:
        key = _key(row)
        known = new.get(key) or changed.get(key) or standing.get(key)
        if known is None:
            new[key] = row
            fates.append("new")
        elif (known.value, known.minutes) == (row.value, row.minutes):
            fates.append("unchanged")
        else:
            known.value, known.minutes, known.source = row.value, row.minutes, row.source
            if known.pk is not None:
                changed[key] = known
            fates.append("changed")
    Reading.objects.bulk_create(new.values(), batch_size=2000)
    Reading.objects.bulk_update(changed.values(), ["value", "minutes", "source"], batch_size=1000)
    return fates


def _standing(rows: list[Reading]) -> dict[Key, Reading]:
    """Stored readings at the same station and time, of any quantity."""
    found: dict[Key, Reading] = {}
    for first in range(0, len(rows), LOOKED_UP):
        part = rows[first : first + LOOKED_UP]
        stations = {row.station_id for row in part}
        times = {row.time for row in part}
        for reading in Reading.objects.filter(station_id__in=stations, time__in=times):
            found[_key(reading)] = reading
    return found


def _key(reading: Reading) -> Key:
    return reading.station_id, reading.quantity, reading.time
