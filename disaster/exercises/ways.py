"""Ways that assets take in exercises, lanes between the islands and roads, and the shortest of them."""

import heapq
import json
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from gis.geometry.geodesic import distance_m

Place = tuple[float, float]
"""Longitude and latitude, WGS 84 degrees."""
Kind = Literal["water", "road"]

FILE = Path(__file__).with_name("ways.geojson")


class Network:
    """The ways of one kind; two that share an end meet there."""

    def __init__(self, lines: list[list[Place]]) -> None:
        self.ends = sorted({line[end] for line in lines for end in (0, -1)})
        self._neighbours: dict[Place, dict[Place, float]] = defaultdict(dict)
        for line in lines:
            for here, there in pairwise(line):
                metres = distance_m(*here, *there)
                self._neighbours[here][there] = self._neighbours[there][here] = metres

    def nearest(self, place: Place) -> Place:
        """The vertex nearest to *place*."""
        return min(self._neighbours, key=lambda vertex: distance_m(*place, *vertex))

    def shortest(self, start: Place, goal: Place) -> list[Place]:
        """The vertices of the shortest way between two of them; empty where there is none (Dijkstra)."""
        came_from: dict[Place, Place | None] = {}
        waiting: list[tuple[float, Place, Place | None]] = [(0.0, start, None)]
        while waiting:
            metres, here, before = heapq.heappop(waiting)
            if here in came_from:
                continue
            came_from[here] = before
            if here == goal:
                return _back_to_start(came_from, goal)
            for there, length in self._neighbours[here].items():
                heapq.heappush(waiting, (metres + length, there, here))
        return []


@lru_cache
def network(kind: Kind) -> Network:
    """The ways of *kind*, from the file beside this module."""
    features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
    lines = [one["geometry"]["coordinates"] for one in features if one["properties"]["kind"] == kind]
    return Network([[(lon, lat) for lon, lat in line] for line in lines])


def _back_to_start(came_from: dict[Place, Place | None], goal: Place) -> list[Place]:
    way: list[Place] = []
    vertex: Place | None = goal
    while vertex is not None:
        way.append(vertex)
        vertex = came_from[vertex]
    return way[::-1]
