"""Least squares for a re-survey: whether measurements agree among themselves, and what they make of the points.

Parametric adjustment: minimise vᵀPv of the linearised observations, dx = (AᵀPA)⁺AᵀPl. Without control the network is
free and its position is held by the smallest sum of movements (pseudo-inverse); then weighted, with control.
Blunders are standardised residuals beyond 3.3 (W. Baarda, A testing procedure for use in geodetic networks, 1968:
α₀ = 0.1 %).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from land.science.patch import Impossible

BLUNDER = 3.3
DISTANCE_SIGMA_M = 0.005
DISTANCE_PPM = 5.0
STEPS = 20
CONVERGED_M = 1e-6

Metres = tuple[float, float]


@dataclass(frozen=True)
class Distance:
    """A measured horizontal distance between two points, metres."""

    one: int
    other: int
    metres: float

    @property
    def sigma(self) -> float:
        return math.hypot(DISTANCE_SIGMA_M, self.metres * DISTANCE_PPM * 1e-6)


@dataclass(frozen=True)
class Position:
    """A measured or given position of a point, metres, with its standard error in each direction."""

    point: int
    easting: float
    northing: float
    sigma: float


@dataclass(frozen=True)
class Residual:
    observation: Distance | Position
    metres: float
    standardised: float
    """Against its own standard error; beyond `BLUNDER` it is taken for a mistake."""


@dataclass(frozen=True)
class Ellipse:
    """Standard error ellipse of an adjusted point: half axes in metres, bearing of the greater in degrees."""

    major: float
    minor: float
    bearing: float


@dataclass(frozen=True)
class Adjustment:
    points: Mapping[int, Metres]
    """Adjusted places."""
    residuals: Sequence[Residual]
    freedom: int
    """Degrees of freedom: redundant observations."""
    variance: float | None
    """vᵀPv over freedom: near 1 where the standard errors were right; None without redundancy."""
    ellipses: Mapping[int, Ellipse]

    @property
    def blunders(self) -> list[Residual]:
        """Residuals taken for mistakes, the worst first."""
        found = [residual for residual in self.residuals if abs(residual.standardised) > BLUNDER]
        return sorted(found, key=lambda residual: -abs(residual.standardised))


def adjust(
    places: Mapping[int, Metres], distances: Sequence[Distance], positions: Sequence[Position] = ()
) -> Adjustment:
    """Adjust *places* (first guesses, metres) to the observations; a free network where there are no *positions*.

    Raises `Impossible`: `points_not_determined` where the observations leave more than the position and the turn of the
    whole open; `survey_does_not_converge`.
    """
    ids = sorted(places)
    column = {point: 2 * number for number, point in enumerate(ids)}
    guess = np.array([places[point] for point in ids], dtype=float)
    origin = guess.mean(0)
    x = (guess - origin).ravel()
    root_weights = 1 / np.array([one.sigma for one in distances] + [one.sigma for one in positions for _ in "en"])
    for _ in range(STEPS):
        design, misclosure = _linearised(x, column, origin, distances, positions)
        weighted = design * root_weights[:, None]
        cofactors = _cofactors(weighted, free=not positions)
        step = cofactors @ weighted.T @ (misclosure * root_weights)
        x = x + step
        if np.abs(step).max(initial=0) < CONVERGED_M:
            break
    else:
        raise Impossible("survey_does_not_converge")
    design, misclosure = _linearised(x, column, origin, distances, positions)
    adjusted = x.reshape(-1, 2) + origin
    freedom = len(root_weights) - round(float(np.trace(cofactors @ weighted.T @ weighted)))
    squares = float(((misclosure * root_weights) ** 2).sum())
    return Adjustment(
        points={point: (float(e), float(n)) for point, (e, n) in zip(ids, adjusted, strict=True)},
        residuals=_residuals(-misclosure, design, cofactors, root_weights, distances, positions),
        freedom=freedom,
        variance=squares / freedom if freedom > 0 else None,
        ellipses={point: _ellipse(cofactors[at : at + 2, at : at + 2]) for point, at in column.items()},
    )


def _linearised(
    x: np.ndarray,
    column: Mapping[int, int],
    origin: np.ndarray,
    distances: Sequence[Distance],
    positions: Sequence[Position],
) -> tuple[np.ndarray, np.ndarray]:
    """Design matrix and observed minus computed, at *x*."""
    design = np.zeros((len(distances) + 2 * len(positions), len(x)))
    misclosure = np.zeros(len(design))
    for row, measured in enumerate(distances):
        one, other = column[measured.one], column[measured.other]
        way = x[other : other + 2] - x[one : one + 2]
        length = float(np.hypot(*way))
        design[row, other : other + 2] = way / length
        design[row, one : one + 2] = -way / length
        misclosure[row] = measured.metres - length
    for number, given in enumerate(positions):
        at, row = column[given.point], len(distances) + 2 * number
        design[row : row + 2, at : at + 2] = np.eye(2)
        misclosure[row : row + 2] = np.array([given.easting, given.northing]) - origin - x[at : at + 2]
    return design, misclosure


def _cofactors(weighted: np.ndarray, *, free: bool) -> np.ndarray:
    """(AᵀPA)⁺. A free network lacks two shifts and a turn; whatever else is lacking leaves points undetermined."""
    normal = weighted.T @ weighted
    rank = int(np.linalg.matrix_rank(normal, hermitian=True))
    if rank < len(normal) - (3 if free else 0):
        raise Impossible("points_not_determined", measured=str(rank), limit=str(len(normal) - (3 if free else 0)))
    return np.asarray(np.linalg.pinv(normal, hermitian=True))


def _residuals(
    values: np.ndarray,
    design: np.ndarray,
    cofactors: np.ndarray,
    root_weights: np.ndarray,
    distances: Sequence[Distance],
    positions: Sequence[Position],
) -> list[Residual]:
    observations: list[Distance | Position] = [*distances, *(one for one in positions for _ in "en")]
    own = 1 / root_weights**2 - np.einsum("ij,jk,ik->i", design, cofactors, design)
    # An observation that nothing checks has a residual of nought, and none to compare it with.
    errors = np.sqrt(np.where(own * root_weights**2 > 1e-6, own, np.inf))
    return [
        Residual(observation, float(value), float(value / error))
        for observation, value, error in zip(observations, values, errors, strict=True)
    ]


def _ellipse(cofactors: np.ndarray) -> Ellipse:
    values, vectors = np.linalg.eigh(cofactors)
    east, north = vectors[:, 1]
    major, minor = (math.sqrt(max(float(value), 0)) for value in (values[1], values[0]))
    return Ellipse(major, minor, math.degrees(math.atan2(east, north)) % 180)
