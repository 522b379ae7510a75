"""The operations by name. Each is plain data that reads itself from JSON, says which parcels it is about, and plans.

`patches` fetches what an operation is about, `preview` judges what it plans; `undoing` has the one that needs history.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self

from django.utils.translation import gettext as _

from gis.problems import Invalid
from land.models import Parcel, ParcelChange
from land.operations import reading
from land.operations.reading import Body, Vertex
from land.science.adjustment import Adjustment, Distance, Position, adjust
from land.science.corner_tables import read_corners
from land.science.dividing import cut_at_distance, cut_by_area, cuts_into_equal_areas
from land.science.merging import merge
from land.science.moving import insert_point, move_points, remove_point
from land.science.patch import Edit, Patch, Place, Side, metres, place_of
from land.science.splitting import split

MOST_PARTS = 100
MOST_MERGED = 200
MOST_OBSERVATIONS = 2_000
LONGEST_TABLE = 200_000
CONTROL_SIGMA_M = 0.01
MOVEMENT_TOLERANCE_M = 0.005
"""A re-survey that finds a point nearer than that to where it is leaves it there."""


@dataclass(frozen=True)
class Plan:
    """What an operation would do to a patch."""

    edit: Edit
    restored: dict[str, Parcel] = field(default_factory=dict)
    """Label or identifier → the version of before whose identity and attributes come back."""
    survey: Adjustment | None = None
    undoes: ParcelChange | None = None
    record: Any = None
    """What it would enter beside the fabric; the room whose operation it is knows its type."""


class Operation(Protocol):
    kind: ClassVar[str]

    @classmethod
    def read(cls, body: Body) -> Self:
        """From JSON. Raises `Invalid` with the field."""

    @property
    def parcels(self) -> list[str]:
        """Identifiers of the parcels it names."""

    @property
    def points(self) -> list[int]:
        """Ids of the boundary points that it changes: the parcels that use them belong to it."""

    def plan(self, patch: Patch) -> Plan:
        """Raises `Impossible`."""


KINDS: dict[str, type[Operation]] = {}

common_members: dict[str, Callable[[Any, str], Any]] = {}
"""Members that an operation of any kind may have, with what reads them (value, field); rooms add theirs. Who needs
one finds it in the preview's `operation`."""


def operation(kind: type[Operation]) -> type[Operation]:
    KINDS[kind.kind] = kind
    return kind


def read_operation(members: Any) -> Operation:
    """The operation of a JSON object whose `op` names its kind. Raises `Invalid`."""
    body = Body(members, "operation")
    kind = body.take("op", reading.text(40))
    if kind not in KINDS:
        raise Invalid(_("There is no operation with this name."), field="operation.op", expected=", ".join(KINDS))
    for name, read in common_members.items():
        body.take_if_there(name, read, None)
    found = KINDS[kind].read(body)
    body.done()
    return found


class _OfOneParcel:
    parcel: str

    @property
    def parcels(self) -> list[str]:
        return [self.parcel]

    @property
    def points(self) -> list[int]:
        return []


@operation
@dataclass(frozen=True)
class Split(_OfOneParcel):
    """Cut a parcel along a line; its ends are led on to the boundary where they lie inside."""

    kind: ClassVar[str] = "split"
    parcel: str
    line: list[Vertex]

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(body.take("parcel", reading.identifier), body.take("line", reading.several(reading.vertex, 2)))

    def plan(self, patch: Patch) -> Plan:
        return Plan(split(patch, self.parcel, [[vertex.resolve(patch) for vertex in self.line]]))


@operation
@dataclass(frozen=True)
class SplitByTable(_OfOneParcel):
    """Cut a parcel along the lines of a corner table: an open line, or a closed one around the new parcel."""

    kind: ClassVar[str] = "split_by_table"
    parcel: str
    table: str
    closed: bool

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("table", reading.text(LONGEST_TABLE)),
            body.take_if_there("closed", reading.flag, False),
        )

    def plan(self, patch: Patch) -> Plan:
        corners = read_corners(self.table, patch.polygon(self.parcel))
        return Plan(split(patch, self.parcel, [[*corners, corners[0]] if self.closed else corners]))


@operation
@dataclass(frozen=True)
class SplitByArea(_OfOneParcel):
    """Cut a parcel parallel to one of its sides, so that an area lies between side and cut."""

    kind: ClassVar[str] = "split_by_area"
    parcel: str
    side: Side
    area_m2: float

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("side", reading.side),
            body.take("area_m2", reading.positive),
        )

    def plan(self, patch: Patch) -> Plan:
        return Plan(split(patch, self.parcel, [cut_by_area(patch, self.parcel, self.side, self.area_m2)]))


@operation
@dataclass(frozen=True)
class SplitEqually(_OfOneParcel):
    """Cut a parcel parallel to one of its sides into parts of one area."""

    kind: ClassVar[str] = "split_equally"
    parcel: str
    side: Side
    parts: int

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("side", reading.side),
            body.take("parts", reading.whole(2, MOST_PARTS)),
        )

    def plan(self, patch: Patch) -> Plan:
        return Plan(split(patch, self.parcel, cuts_into_equal_areas(patch, self.parcel, self.side, self.parts)))


@operation
@dataclass(frozen=True)
class SplitAtDistance(_OfOneParcel):
    """Cut a parcel from a place on one of its sides: square to the side, or towards another of its points."""

    kind: ClassVar[str] = "split_at_distance"
    parcel: str
    side: Side
    distance_m: float
    towards: int | None

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("side", reading.side),
            body.take("distance_m", reading.number),
            body.take_if_there("towards", reading.point_id, None),
        )

    def plan(self, patch: Patch) -> Plan:
        cut = cut_at_distance(patch, self.parcel, self.side, self.distance_m, self.towards)
        return Plan(split(patch, self.parcel, [cut]))


@operation
@dataclass(frozen=True)
class Merge:
    """Make one parcel of neighbours."""

    kind: ClassVar[str] = "merge"
    parcels: list[str]
    points: ClassVar[list[int]] = []

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(body.take("parcels", reading.several(reading.identifier, 2, MOST_MERGED)))

    def plan(self, patch: Patch) -> Plan:
        return Plan(merge(patch, self.parcels))


@operation
@dataclass(frozen=True)
class MovePoints:
    """Boundary points to new places; every parcel that uses them follows."""

    kind: ClassVar[str] = "move_points"
    moves: dict[int, Vertex]
    parcels: ClassVar[list[str]] = []

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(body.take("points", reading.by_point(reading.vertex)))

    @property
    def points(self) -> list[int]:
        return list(self.moves)

    def plan(self, patch: Patch) -> Plan:
        return Plan(move_points(patch, {point: vertex.resolve(patch) for point, vertex in self.moves.items()}))


@operation
@dataclass(frozen=True)
class InsertPoint(_OfOneParcel):
    """A new boundary point into a side, also into the neighbour's."""

    kind: ClassVar[str] = "insert_point"
    parcel: str
    at: Vertex
    beside: Vertex | None

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("parcel", reading.identifier),
            body.take("at", reading.vertex),
            body.take_if_there("beside", reading.vertex, None),
        )

    def plan(self, patch: Patch) -> Plan:
        beside = self.beside.resolve(patch) if self.beside else None
        return Plan(insert_point(patch, self.parcel, self.at.resolve(patch), beside))


@operation
@dataclass(frozen=True)
class RemovePoint:
    """A boundary point out of all rings that use it."""

    kind: ClassVar[str] = "remove_point"
    point: int
    parcels: ClassVar[list[str]] = []

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(body.take("point", reading.point_id))

    @property
    def points(self) -> list[int]:
        return [self.point]

    def plan(self, patch: Patch) -> Plan:
        return Plan(remove_point(patch, self.point))


@operation
@dataclass(frozen=True)
class Redefine:
    """Boundary points anew from a survey: measured distances and positions, adjusted by least squares."""

    kind: ClassVar[str] = "redefine"
    measured_points: list[int]
    distances: list[Distance]
    positions: list[Position]
    parcels: ClassVar[list[str]] = []

    @classmethod
    def read(cls, body: Body) -> Self:
        return cls(
            body.take("points", reading.several(reading.point_id, 1)),
            body.take_if_there("distances", reading.several(_distance, 0, MOST_OBSERVATIONS), []),
            body.take("positions", reading.several(_position, 1, MOST_OBSERVATIONS)),
        )

    @property
    def points(self) -> list[int]:
        observed = {point for one in self.distances for point in (one.one, one.other)}
        return sorted({*self.measured_points, *observed, *(one.point for one in self.positions)})

    def plan(self, patch: Patch) -> Plan:
        places = {point: metres(patch.points[point]) for point in self.points}
        survey = adjust(places, self.distances, self.positions)
        moves = {
            point: _settled(patch.points[point], place_of(*survey.points[point])) for point in self.measured_points
        }
        return Plan(move_points(patch, moves), survey=survey)


def _settled(old: Place, new: Place) -> Place:
    reach = MOVEMENT_TOLERANCE_M * 1000
    return new if (new[0] - old[0]) ** 2 + (new[1] - old[1]) ** 2 > reach**2 else old


def _distance(value: Any, name: str) -> Distance:
    body = Body(value, name)
    one, other = body.take("points", reading.side)
    if one == other:
        raise Invalid(_("A distance is between two points."), field=f"{name}.points")
    found = Distance(one, other, body.take("metres", reading.positive))
    body.done()
    return found


def _position(value: Any, name: str) -> Position:
    body = Body(value, name)
    point = body.take("point", reading.point_id)
    easting, northing = metres(body.take("at", reading.place))
    found = Position(point, easting, northing, body.take_if_there("sigma_m", reading.positive, CONTROL_SIGMA_M))
    body.done()
    return found
