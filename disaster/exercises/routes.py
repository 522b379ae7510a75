"""Where each asset goes in an exercise: the same trips from its home every time."""

from bisect import bisect_right
from itertools import accumulate, pairwise
from random import Random

from disaster.exercises.ways import Kind, Network, Place, network
from gis.geometry.geodesic import WGS84, distance_m

TRIPS = 3
"""Places that an asset goes to before it begins anew."""
FARTHEST_M = 60_000
WALK_M = 800
"""How far a team on foot goes."""
WAYS: dict[str, Kind] = {"boat": "water", "truck": "road", "ambulance": "road"}
"""Which ways a kind of asset keeps to; the others go straight."""


class Route:
    """A round trip along *places* (WGS 84), begun anew whenever it ends."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self._until = [0.0, *accumulate(distance_m(*here, *there) for here, there in pairwise(places))]

    @property
    def metres(self) -> float:
        return self._until[-1]

    def at(self, metres: float) -> tuple[float, float, float]:
        """Longitude, latitude and course (degrees from north) after so many metres."""
        if self.metres == 0:
            return *self.places[0], 0.0
        rest = metres % self.metres
        leg = bisect_right(self._until, rest) - 1
        azimuth, _back, _length = WGS84.inv(*self.places[leg], *self.places[leg + 1])
        lon, lat, _back = WGS84.fwd(*self.places[leg], azimuth, rest - self._until[leg])
        return float(lon), float(lat), float(azimuth) % 360


def route_of(code: str, kind: str, home: Place) -> Route:
    """The trips of the asset *code* of *kind* from *home*; drawn by its code, the same in every exercise."""
    chance = Random(code)
    if kind == "team":
        return Route(_out_and_back(home, _walks(chance, home)))
    if kind not in WAYS:
        ends = [end for way in set(WAYS.values()) for end in network(way).ends]
        return Route(_out_and_back(home, [[home, end] for end in _goals(chance, ends, home)]))
    ways = network(WAYS[kind])
    return Route(_out_and_back(home, _ways_out(chance, ways, home)))


def _ways_out(chance: Random, ways: Network, home: Place) -> list[list[Place]]:
    gate = ways.nearest(home)
    goals = _goals(chance, [end for end in ways.ends if end != gate], home)
    return [[home, *ways.shortest(gate, goal)] for goal in goals]


def _goals(chance: Random, ends: list[Place], home: Place) -> list[Place]:
    near = sorted(end for end in ends if distance_m(*home, *end) < FARTHEST_M)
    return chance.sample(near, min(TRIPS, len(near)))


def _walks(chance: Random, home: Place) -> list[list[Place]]:
    bearings = [chance.uniform(0, 360) for _walk in range(TRIPS)]
    return [[home, WGS84.fwd(*home, bearing, WALK_M)[:2]] for bearing in bearings]


def _out_and_back(home: Place, ways_out: list[list[Place]]) -> list[Place]:
    """Each way out and the same way back, one after the other."""
    places = [home]
    for way in ways_out:
        places += way[1:] + way[-2::-1]
    return places
