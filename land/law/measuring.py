"""What rules measure on the parcels of a preview."""

from collections.abc import Callable
from dataclasses import dataclass, field

import shapely

from land.codes import USE_GROUPS
from land.models import LandRule
from land.operations.preview import Outcome, Preview
from land.science.frontage import bearing_of, length_m, line_of, shared_sides
from land.science.patch import MM, Patch, Side, metres
from land.science.rectangles import NONE, Rectangle, largest_rectangle

Kind = LandRule.Kind
ROADS = USE_GROUPS["transport"]


@dataclass(frozen=True)
class Measured:
    """A value in the unit of its rule, and the place that it was measured at (metres)."""

    value: float
    where: shapely.Geometry | None


@dataclass
class Scene:
    """A preview with the fabric as it would be after it; what was measured once is kept."""

    seen: Preview
    _after: Patch = field(init=False)
    _rectangles: dict[str, Rectangle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.seen.plan is not None
        self._after = self.seen.plan.edit.apply(self.seen.around.patch)

    @property
    def operation(self) -> str:
        return str(self.seen.operation.get("op", ""))

    def area(self, one: Outcome) -> Measured:
        return Measured(float(one.legal_area_m2), one.polygon)

    def width(self, one: Outcome) -> Measured:
        found = self._rectangle(one)
        return Measured(found.width, one.polygon if found is NONE else found.shape)

    def depth(self, one: Outcome) -> Measured:
        found = self._rectangle(one)
        return Measured(found.depth, one.polygon if found is NONE else found.shape)

    def frontage(self, one: Outcome) -> Measured:
        sides = self._frontage(one)
        return Measured(length_m(self._after, sides), line_of(self._after, sides) if sides else one.polygon)

    def area_difference(self, one: Outcome) -> Measured:
        """Of plane and legal area, % of the legal one. What lies within the rounding of the register is none."""
        legal = float(one.legal_area_m2)
        difference = abs(one.area_m2 - legal)
        return Measured(0.0 if difference <= ROUNDING_M2 else 100 * difference / legal, one.polygon)

    def movement(self, one: Outcome) -> Measured:
        """The largest distance that one of its boundary points goes."""
        assert self.seen.plan is not None
        before = self.seen.around.patch.points
        moved = {point: place for point, place in self.seen.plan.edit.moved.items() if self._uses(one, point)}
        if not moved:
            return Measured(0.0, None)
        lines = [shapely.LineString([metres(before[point]), metres(place)]) for point, place in moved.items()]
        farthest = max(lines, key=lambda line: line.length)
        return Measured(farthest.length, farthest)

    def position_error(self, one: Outcome) -> Measured:
        """The longest half-axis of the error ellipses of its measured points."""
        assert self.seen.plan is not None and self.seen.plan.survey is not None
        survey = self.seen.plan.survey
        found = {point: ellipse for point, ellipse in survey.ellipses.items() if self._uses(one, point)}
        if not found:
            return Measured(0.0, None)
        worst = max(found, key=lambda point: found[point].major)
        return Measured(found[worst].major, shapely.Point(survey.points[worst]))

    def _uses(self, one: Outcome, point: int) -> bool:
        return any(point in ring for ring in one.rings)

    def _rectangle(self, one: Outcome) -> Rectangle:
        if one.label not in self._rectangles:
            bearing = bearing_of(self._after, one.label, self._frontage(one))
            self._rectangles[one.label] = largest_rectangle(one.polygon, bearing)
        return self._rectangles[one.label]

    def _frontage(self, one: Outcome) -> list[Side]:
        return shared_sides(self._after, one.label, self._roads(one))

    def _roads(self, but: Outcome) -> list[str]:
        uses = {key: row.land_use_id for key, row in self.seen.around.rows.items()}
        uses |= {other.label: other.like.land_use_id for other in self.seen.outcomes}
        return [key for key in self._after.parcels if uses.get(key) in ROADS and key != but.label]


ROUNDING_M2 = 0.1
"""Legal areas have one decimal."""
MEASURES: dict[str, Callable[[Scene, Outcome], Measured]] = {
    Kind.MINIMUM_AREA: Scene.area,
    Kind.MINIMUM_WIDTH: Scene.width,
    Kind.MINIMUM_DEPTH: Scene.depth,
    Kind.MINIMUM_FRONTAGE: Scene.frontage,
    Kind.ACCESS: Scene.frontage,
}
"""What is measured on each new parcel of a division, and must not be less than the limit."""
NEEDED = (Kind.MINIMUM_AREA, Kind.MINIMUM_WIDTH, Kind.ACCESS)
"""What a division is always judged by: without a rule, there is no legal basis."""
UNITS: dict[str, tuple[str, int]] = {
    Kind.MINIMUM_AREA: ("m²", 1),
    Kind.MINIMUM_WIDTH: ("m", 2),
    Kind.MINIMUM_DEPTH: ("m", 2),
    Kind.MINIMUM_FRONTAGE: ("m", 2),
    Kind.ACCESS: ("m", 2),
    Kind.POSITION_ERROR: ("m", 3),
    Kind.AREA_DIFFERENCE: ("%", 2),
}
"""Unit and decimals."""
LEAST_SIDE_M = 1 / MM
