"""`/api/observations/`: readings come in batch by batch, and a station's history is read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis.actions.record_readings import NewReading, Recorded, record_readings
from gis.observations.history import FEWEST, page_of
from gis.observations.models import Quantity, Reading, Station
from gis.problems import BadParameter, Invalid, NotFound, Problem, TooLarge
from gis.web.api.requests import viewer_in

MOST_READINGS = 5_000
"""In one request."""
USUAL_PAGE, LARGEST_PAGE = 1_000, 10_000
KEYS: dict[str, tuple[type, ...]] = {
    "station": (str,),
    "quantity": (str,),
    "time": (str,),
    "value": (int, float, str),
    "minutes": (int,),
    "unit": (str,),
}
"""What a reading is made of, and as what JSON may hold it."""
NEEDED = ("station", "quantity", "time", "value")
WHEN = "2024-09-07T13:05:00+07:00"


class ReadingsView(APIView):
    """`POST`: `{"source": …, "readings": [{station, quantity, time, value, minutes, unit}, …]}`."""

    def post(self, request: Request) -> Response:
        """What became of each reading. The good ones are stored though others are refused; again changes nothing."""
        source, rows = _batch(request.data)
        readings, unread = _read_all(rows)
        recorded = record_readings(viewer_in(request), readings.values(), source=source, skip_refused=True)
        return Response(_account(len(rows), list(readings), recorded, unread), headers={"Cache-Control": "no-store"})


class StationReadingsView(APIView):
    """`GET`: what a station measured, newest first; `quantity`, `since` and `before` narrow it."""

    def get(self, request: Request, code: str) -> Response:
        station = Station.objects.filter(code=code).first()
        if station is None:
            raise NotFound(_("There is no station with this code."), field="code")
        asked = request.query_params
        page = page_of(
            station,
            _limit(asked),
            quantity=_quantity(asked),
            since=_time(asked, "since"),
            before=_time(asked, "before"),
        )
        answer = {
            "station": station.code,
            "name": station.name,
            "readings": [_reading_json(reading) for reading in page.readings],
            "next": _next(request, page.before) if page.before else None,
        }
        return Response(answer, headers={"Cache-Control": "no-cache"})


def _batch(body: Any) -> tuple[str, list[Any]]:
    """Source and rows of a body. Raises `Invalid`, `TooLarge`."""
    if not isinstance(body, dict) or not isinstance(body.get("readings"), list):
        raise Invalid(_("The body holds no list of readings."), field="readings", expected='{"source", "readings"}')
    source, rows = body.get("source"), body["readings"]
    if not isinstance(source, str):
        raise Invalid(_("The source is named."), field="source", expected=_("1 to %d letters") % 120)
    if len(rows) > MOST_READINGS:
        raise TooLarge(_("At most %d readings at once.") % MOST_READINGS, field="readings")
    return source, rows


def _read_all(rows: list[Any]) -> tuple[dict[int, NewReading], dict[int, Problem]]:
    """The readings by their places in the body, and what is wrong in the form of the others."""
    readings: dict[int, NewReading] = {}
    unread: dict[int, Problem] = {}
    for place, row in enumerate(rows):
        try:
            readings[place] = _read(row)
        except Problem as problem:
            unread[place] = problem
    return readings, unread


def _read(row: Any) -> NewReading:
    """One reading as JSON has it. Raises `Invalid` naming the part."""
    if not isinstance(row, dict):
        raise Invalid(_("A reading is an object."), expected=", ".join(KEYS))
    for name, value in row.items():
        if name not in KEYS:
            raise Invalid(_("This is no part of a reading."), field=name[:40], expected=", ".join(KEYS))
        if value is not None and (isinstance(value, bool) or not isinstance(value, KEYS[name])):
            raise Invalid(_("This is not of the kind that is read here."), field=name)
    for name in NEEDED:
        if row.get(name) is None:
            raise Invalid(_("This is missing."), field=name)
    told = {name: value for name, value in row.items() if value is not None and name != "time"}
    if "\0" in f"{told['station']}{told['value']}" or len(str(told["value"])) > 40:
        raise Invalid(_("This is not of the kind that is read here."), field="value")
    return NewReading(time=_moment(row["time"], "time"), **told)


def _moment(text: str, field: str) -> datetime:
    """A time with its zone. Raises `Invalid`."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Invalid(_("This is no time with a zone."), field=field, expected=WHEN)
    return found


def _account(count: int, places: list[int], recorded: Recorded, unread: Mapping[int, Problem]) -> dict[str, Any]:
    """How many came to what, and each refused reading by its place, counted from 0."""
    refused = {**unread, **{places[number]: problem for number, problem in recorded.refusals.items()}}
    counts = {fate: recorded.counts.get(fate, 0) for fate in ("new", "changed", "unchanged")}
    return {
        "readings": count,
        **counts,
        "refused": len(refused),
        "refusals": [_refusal(place, refused[place]) for place in sorted(refused)],
    }


def _refusal(place: int, problem: Problem) -> dict[str, Any]:
    field = (problem.field or "").rpartition(".")[2] or None
    return {
        "row": place,
        "status": problem.status,
        "field": field,
        "detail": str(problem),
        "expected": problem.expected,
    }


def _limit(asked: Any) -> int:
    text = asked.get("limit", str(USUAL_PAGE))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and FEWEST <= int(text) <= LARGEST_PAGE):
        raise BadParameter(field="limit", expected=f"{FEWEST} … {LARGEST_PAGE}")
    return int(text)


def _quantity(asked: Any) -> str:
    text: str = asked.get("quantity", "")
    if text and text not in Quantity.values:
        raise BadParameter(field="quantity", expected=", ".join(Quantity.values))
    return text


def _time(asked: Any, name: str) -> datetime | None:
    try:
        return _moment(asked[name].replace(" ", "+"), name) if name in asked else None  # a "+" that was not escaped
    except Invalid as wrong:
        raise BadParameter(str(wrong), field=name, expected=WHEN) from None


def _reading_json(reading: Reading) -> dict[str, Any]:
    return {
        "quantity": reading.quantity,
        "time": reading.time,
        "value": reading.value,
        "unit": reading.unit,
        "minutes": reading.minutes,
        "source": reading.source,
    }


def _next(request: Request, before: datetime) -> str:
    asked = request.query_params.copy()
    asked["before"] = before.isoformat().replace("+00:00", "Z")
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
