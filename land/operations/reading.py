"""Reads the body of an operation: every value is checked, and a fault names its field."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from gis.geometry.crs import PROVINCE_BOX
from gis.problems import Invalid
from land.science.patch import Impossible, Patch, Place, Side, place_of

T = TypeVar("T")

IDENTIFIER = re.compile(r"[0-9]{12}")
POINT_NAME = re.compile(r"[0-9]{1,19}")
LARGEST_ID = 2**63 - 1
MOST_VERTICES = 1_000
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What JSON can say and PostgreSQL cannot keep: null, and halves of characters."""


class Body:
    """The members of a JSON object, taken one by one; `done` refuses what nobody took."""

    def __init__(self, members: Any, field: str = "") -> None:
        self.field = field
        if not isinstance(members, Mapping):
            raise Invalid(_("This is no object."), field=field or None, expected=_("a JSON object"))
        self.members = dict(members)

    def name(self, key: str) -> str:
        return f"{self.field}.{key}" if self.field else key

    def take(self, key: str, read: Callable[[Any, str], T]) -> T:
        """The member *key*, read by *read* (value, field). Raises `Invalid` where it is missing or wrong."""
        if key not in self.members:
            raise Invalid(_("This is needed."), field=self.name(key))
        return read(self.members.pop(key), self.name(key))

    def take_if_there(self, key: str, read: Callable[[Any, str], T], otherwise: T) -> T:
        return self.take(key, read) if self.members.get(key) is not None else otherwise

    def done(self) -> None:
        self.members = {key: value for key, value in self.members.items() if value is not None}
        if self.members:
            raise Invalid(_("Nothing of this name is expected here."), field=self.name(next(iter(self.members))))


class Vertex:
    """A place of a line as the client means it: coordinates, a boundary point, or a place on a side."""

    def __init__(
        self, place: Place | None = None, point: int | None = None, on: tuple[Side, float] | None = None
    ) -> None:
        self.place, self.point, self.on = place, point, on

    def resolve(self, patch: Patch) -> Place:
        """Where it is. Raises `Impossible`: `no_such_point`, `distance_not_on_side`."""
        if self.place is not None:
            return self.place
        points = (self.point,) if self.point is not None else self.on[0] if self.on else ()
        for point in points:
            if point not in patch.points:
                raise Impossible("no_such_point", measured=str(point))
        if self.point is not None:
            return patch.points[self.point]
        assert self.on is not None
        (one, other), distance = self.on
        start, end = patch.points[one], patch.points[other]
        length = math.dist(start, end) / 1000
        if not 0 <= distance <= length:
            raise Impossible("distance_not_on_side", measured=f"{distance:.3f} m", limit=f"{length:.3f} m")
        part = distance / length
        return round(start[0] + part * (end[0] - start[0])), round(start[1] + part * (end[1] - start[1]))


def number(value: Any, field: str) -> float:
    """A finite number, as JSON or as a text with a decimal point."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        found = float(value)
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Invalid(_("This is not a number."), field=field, expected=_("a finite number"))
    return found


def positive(value: Any, field: str) -> float:
    found = number(value, field)
    if found <= 0:
        raise Invalid(_("This is not above 0."), field=field, expected=_("a number above 0"))
    return found


def flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(_("This is neither true nor false."), field=field, expected="true, false")
    return value


def whole(low: int, high: int) -> Callable[[Any, str], int]:
    def read(value: Any, field: str) -> int:
        if type(value) is not int or not low <= value <= high:
            raise Invalid(_("This is no whole number in the limits."), field=field, expected=f"{low}–{high}")
        return value

    return read


point_id = whole(1, LARGEST_ID)


def text(longest: int) -> Callable[[Any, str], str]:
    def read(value: Any, field: str) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest or UNSTORABLE.search(value):
            raise Invalid(_("This is no text."), field=field, expected=_("1 to %d characters") % longest)
        return value

    return read


def identifier(value: Any, field: str) -> str:
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise Invalid(_("This is no parcel identifier."), field=field, expected=_("12 digits"))
    return value


def place(value: Any, field: str) -> Place:
    """Easting and northing in metres of EPSG:5899, in the province's part of the grid."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Invalid(
            _("This is no place."), field=field, expected=_("[easting, northing] in metres of EPSG:5899, no height")
        )
    easting, northing = number(value[0], f"{field}[0]"), number(value[1], f"{field}[1]")
    east0, north0, east1, north1 = PROVINCE_BOX
    if not (east0 <= easting <= east1 and north0 <= northing <= north1):
        swapped = east0 <= northing <= east1 and north0 <= easting <= north1
        limits = f"E {east0:.0f}–{east1:.0f}, N {north0:.0f}–{north1:.0f}"
        hint = _("easting first: the two are the wrong way round") if swapped else limits
        raise Invalid(_("This place is outside the province's part of EPSG:5899."), field=field, expected=hint)
    return place_of(easting, northing)


def side(value: Any, field: str) -> Side:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Invalid(_("This is no side."), field=field, expected=_("the ids of its two boundary points"))
    return point_id(value[0], f"{field}[0]"), point_id(value[1], f"{field}[1]")


def vertex(value: Any, field: str) -> Vertex:
    if not isinstance(value, Mapping):
        return Vertex(place=place(value, field))
    body = Body(value, field)
    if "point" in body.members:
        found = Vertex(point=body.take("point", point_id))
    else:
        found = Vertex(on=(body.take("side", side), body.take("at", number)))
    body.done()
    return found


def several(read: Callable[[Any, str], T], least: int, most: int = MOST_VERTICES) -> Callable[[Any, str], list[T]]:
    """A list of *least* to *most* values."""

    def read_all(value: Any, field: str) -> list[T]:
        if not isinstance(value, list | tuple) or not least <= len(value) <= most:
            raise Invalid(_("This list has not the right length."), field=field, expected=f"{least}–{most}")
        return [read(one, f"{field}[{place}]") for place, one in enumerate(value)]

    return read_all


def by_point(read: Callable[[Any, str], T], most: int = MOST_VERTICES) -> Callable[[Any, str], dict[int, T]]:
    """An object whose names are ids of boundary points."""

    def read_all(value: Any, field: str) -> dict[int, T]:
        if not isinstance(value, Mapping) or not 1 <= len(value) <= most:
            raise Invalid(_("This is no object of boundary points."), field=field, expected=f"1–{most}")
        return {_point_name(name, field): read(one, f"{field}.{name}") for name, one in value.items()}

    return read_all


def _point_name(name: Any, field: str) -> int:
    if not isinstance(name, str) or not POINT_NAME.fullmatch(name) or not 0 < int(name) <= LARGEST_ID:
        raise Invalid(_("This is no id of a boundary point."), field=field)
    return int(name)
