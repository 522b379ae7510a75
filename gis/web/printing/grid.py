"""The figures around a map: where grid lines fall, how long a scale bar is, how far grid north leans."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pyproj import Proj

from gis.geometry.crs import LEGAL_SRID
from gis.web.printing.sheets import Part

NEAREST_LINES_MM = 40.0
"""Grid lines are at least so far apart on paper."""


class Tick(NamedTuple):
    """A grid line: where it meets the sheet (mm), and its coordinate (m)."""

    at: float
    metres: int


@dataclass(frozen=True)
class Window:
    """What of the legal grid (m) a part of the sheet (mm) shows, at *scale* (a denominator)."""

    part: Part
    east: float
    north: float
    scale: int
    """*east* and *north* are those of the middle."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Least and greatest easting and northing of the edges: west, south, east, north."""
        half_width, half_height = (side / 2000 * self.scale for side in (self.part.width, self.part.height))
        return self.east - half_width, self.north - half_height, self.east + half_width, self.north + half_height

    @property
    def spacing(self) -> int:
        """Metres from one grid line to the next: 1, 2 or 5 with zeros."""
        return nice_at_least(NEAREST_LINES_MM * self.scale / 1000)

    def eastings(self) -> list[Tick]:
        """Grid lines that run north, from the left."""
        west, _south, east, _north = self.bounds
        return self._lines(west, east, self.part.left)

    def northings(self) -> list[Tick]:
        """Grid lines that run east, from below."""
        _west, south, _east, north = self.bounds
        return self._lines(south, north, self.part.bottom)

    def _lines(self, low: float, high: float, start: float) -> list[Tick]:
        first, last = math.ceil(low / self.spacing), math.floor(high / self.spacing)
        return [
            Tick(start + (number * self.spacing - low) * 1000 / self.scale, number * self.spacing)
            for number in range(first, last + 1)
        ]


class Bar(NamedTuple):
    """A scale bar of so many *sections* of *metres* each."""

    metres: int
    sections: int


def bar_of(scale: int, longest_mm: float) -> Bar:
    """The longest bar of two to five round sections that is no longer than *longest_mm* on paper."""
    room = longest_mm * scale / 1000
    bars = [
        Bar(section, min(int(room // section), 5))
        for power in range(8)
        for section in (10**power, 2 * 10**power, 5 * 10**power)
        if room // section >= 2
    ]
    return max(bars, key=lambda bar: (bar.metres * bar.sections, bar.sections))


def nice_at_least(metres: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not under *metres*."""
    power: int = 10 ** max(math.floor(math.log10(metres)), 0)
    return next(step * power for step in (1, 2, 5, 10) if step * power >= metres - 1e-9)


def convergence(east: float, north: float) -> float:
    """Degrees from true north to the grid's north at a place of the legal grid (m), positive to the east."""
    legal = _legal()
    return float(legal.get_factors(*legal(east, north, inverse=True)).meridian_convergence)


@lru_cache(maxsize=1)
def _legal() -> Proj:
    return Proj(f"epsg:{LEGAL_SRID}")
