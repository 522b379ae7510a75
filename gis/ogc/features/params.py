"""What a request for items asks: the parameters of Part 1, checked, and no others."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID
from gis.layers import Layer, Past
from gis.layers.filters import Where, read_where
from gis.layers.query import Box, TimeSpan
from gis.ogc.common.boxes import read_numbers
from gis.ogc.common.parameters import Parameters, invalid
from gis.problems import BadParameter, NotAcceptable

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000
ITEMS = frozenset({"f", "bbox", "datetime", "limit", "after"})
PAST = frozenset({"known"})
"""More of layers that have a past: the moment at which the records said so. No parameter of the standard."""
DOCUMENT = frozenset({"f"})
FORMATS = ("json",)
PLACE_OF_PAGE = "halong.page"
KNOWN_FORMS = "2024-09-07T06:00:00Z | 2024-09-07"
TIME_FORMS = "2024-09-07T06:00:00Z | 2024-09-07 | start/end | ../end | start/.."


@dataclass(frozen=True)
class ItemsRequest:
    """One page of a layer's features."""

    boxes: tuple[Box, ...]
    span: TimeSpan | None
    limit: int
    after: str | int | None
    where: Where = ()
    past: Past | None = None


def read_items(query: QueryDict, layer: Layer, viewer: Viewer) -> ItemsRequest:
    """The request in *query*; every field that exists for *viewer* is a parameter. Raises `BadParameter` naming it."""
    fields = {field.name for field in layer.fields_for(layer.areas_of(viewer))} - ITEMS - PAST
    only(query, ITEMS | fields | (PAST if layer.has_past else frozenset()))
    params = Parameters(query)
    return ItemsRequest(
        boxes=read_boxes(params.text("bbox")) if "bbox" in params else (),
        span=read_span(params.text("datetime")) if "datetime" in params and not layer.has_past else None,
        limit=read_limit(params.text("limit")) if "limit" in params else DEFAULT_LIMIT,
        after=read_page(params.text("after"), layer) if "after" in params else None,
        where=read_where(layer, viewer, [(name, str(query[name])) for name in query if name in fields]),
        past=read_past(params) if layer.has_past and ("datetime" in params or "known" in params) else None,
    )


def only(query: QueryDict, known: frozenset[str]) -> None:
    """Refuse parameters that this address does not know or is given twice, and formats that it does not make."""
    for name, values in query.lists():
        if name not in known:
            raise BadParameter(_("This parameter is not known here."), field=name, expected=", ".join(sorted(known)))
        if len(values) > 1:
            raise BadParameter(_("This parameter is given more than once."), field=name, expected=_("one value"))
    if query.get("f", "json") not in FORMATS:
        raise NotAcceptable(field="f", expected=", ".join(FORMATS))


def read_limit(text: str) -> int:
    """How many features at most; what lies above the largest limit is cut down to it."""
    if not re.fullmatch(r"[0-9]+", text) or not text.strip("0"):
        raise invalid("limit", _("a whole number from %(low)d to %(high)d") % {"low": 1, "high": LARGEST_LIMIT})
    digits = text.lstrip("0")
    return LARGEST_LIMIT if len(digits) > len(str(LARGEST_LIMIT)) else min(int(digits), LARGEST_LIMIT)


def read_boxes(text: str) -> tuple[Box, ...]:
    """lon/lat boxes of WGS 84; one whose west lies east of its east crosses the antimeridian and becomes two.

    Of six numbers the heights, third and sixth, are passed over: nothing published has any.
    """
    numbers = read_numbers(text, (4, 6))
    west, south, east, north = numbers if len(numbers) == 4 else (numbers[0], numbers[1], numbers[3], numbers[4])
    if not -90 <= south <= north <= 90:
        raise invalid("bbox", _("latitudes from −90 to 90, the southern first"))
    if not (-180 <= west <= 180 and -180 <= east <= 180):
        raise invalid("bbox", _("longitudes from −180 to 180"))
    if west <= east:
        return (Box(west, south, east, north, WGS84_SRID),)
    return Box(west, south, 180.0, north, WGS84_SRID), Box(-180.0, south, east, north, WGS84_SRID)


def read_span(text: str) -> TimeSpan:
    """An instant, or a closed span `start/end` that may be open (`..` or nothing) on one side; a date is its day."""
    parts = text.split("/")
    if len(parts) == 1:
        return TimeSpan(_moment(text, end=False), _moment(text, end=True))
    if len(parts) != 2:
        raise invalid("datetime", TIME_FORMS)
    start, end = (None if part in ("", "..") else _moment(part, end=place == 1) for place, part in enumerate(parts))
    if start is None and end is None and text != "../..":
        raise invalid("datetime", TIME_FORMS)
    if start and end and start > end:
        raise invalid("datetime", TIME_FORMS)
    return TimeSpan(start, end)


def read_past(params: Parameters) -> Past:
    """Of a layer with a past: `datetime` in days of the province (today, where it is missing), and `known`: a moment,
    or a day's end."""
    span = params.text("datetime") if "datetime" in params else timezone.localdate().isoformat()
    read_span(span)
    ends = [None if part in ("", "..") else _day(part) for part in span.split("/")]
    known = params.text("known") if "known" in params else None
    return Past(ends[0], ends[-1], None if known is None else _known(known))


def _day(text: str) -> date:
    """The day in the province on which a moment that `read_span` has read lies."""
    return parse_date(text) or timezone.localdate(_moment(text, end=False))


def _known(text: str) -> datetime:
    try:
        day = parse_date(text)
        moment = parse_datetime(text.replace(" ", "+")) if day is None else None
    except ValueError:
        day = moment = None
    if day is not None and day.year < 9999:
        return datetime.combine(day + timedelta(days=1), time(), timezone.get_default_timezone()) - timedelta.resolution
    if moment is None or moment.tzinfo is None:
        raise invalid("known", KNOWN_FORMS)
    return moment


def _moment(text: str, *, end: bool) -> datetime:
    """A moment of RFC 3339; of a date, the first or last moment in UTC.

    The + of an offset that a client did not encode arrives as a space.
    """
    try:
        day = parse_date(text)
        moment = parse_datetime(text.replace(" ", "+")) if day is None else None
    except ValueError:
        raise invalid("datetime", TIME_FORMS) from None
    if day is not None:
        first = datetime.combine(day, time(), UTC)
        return first + timedelta(days=1, microseconds=-1) if end else first
    if moment is None or moment.tzinfo is None:
        raise invalid("datetime", TIME_FORMS)
    return moment


def page_after(layer: Layer, key: str | int) -> str:
    """The token of the page after *key*: opaque, and of use for this layer alone."""
    return signing.dumps([layer.name, key], salt=PLACE_OF_PAGE)


def read_page(token: str, layer: Layer) -> str | int:
    """The key in a token of ours. Raises `BadParameter` for any other text."""
    try:
        name, key = signing.loads(token, salt=PLACE_OF_PAGE)
    except (signing.BadSignature, ValueError):
        name, key = "", None
    if name != layer.name or not isinstance(key, (str, int)):
        raise invalid("after", _("the token of a link `next` of this collection"))
    return key
