"""The whole fabric looked over for coverage errors: overlaps, gaps as thin as mistakes, nodes missing in a neighbour.

Sheet by sheet with what lies around it, so that memory stays flat and every fault is told once, with its parcel; in as
many processes as are wanted, each with a connection of its own.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from django.db import connection

from land.science.coverage import GAP_WIDTH_M

MARGIN_M = 1.0
"""Around a sheet: neighbours farther off share no side with it."""

SHEETS = """
SELECT commune_id, sheet, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)
FROM (SELECT commune_id, sheet, ST_Extent(geom) AS box FROM land_parcel
      WHERE valid_to IS NULL AND recorded_to IS NULL GROUP BY commune_id, sheet) AS sheets
ORDER BY commune_id, sheet
"""
AROUND = """
SELECT identifier, commune_id = %s AND sheet = %s, ST_AsBinary(geom) FROM land_parcel
WHERE valid_to IS NULL AND recorded_to IS NULL
  AND geom && ST_Expand(ST_MakeEnvelope(%s, %s, %s, %s, 5899), %s)
"""

Sheet = tuple[str, int, float, float, float, float]
"""Commune, number, and its box in metres."""


@dataclass(frozen=True)
class Tear:
    """A parcel whose sides do not fit those of its neighbours, and where (EPSG:5899)."""

    commune: str
    sheet: int
    identifier: str
    length_m: float
    where: str
    """Well-known text of the sides."""


def sheets() -> list[Sheet]:
    with connection.cursor() as cursor:
        cursor.execute(SHEETS)
        found: list[Sheet] = cursor.fetchall()
    return found


def tears(found: list[Sheet], processes: int = 1) -> Iterator[tuple[int, list[Tear]]]:
    """For each of the sheets in turn: how many parcels it has, and the tears of those."""
    if processes == 1:
        yield from map(_tears_of, found)
        return
    connection.close()  # no process uses the connection of another
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(_tears_of, found, chunksize=8)


def _tears_of(sheet: Sheet) -> tuple[int, list[Tear]]:
    commune, number, *box = sheet
    with connection.cursor() as cursor:
        cursor.execute(AROUND, [commune, number, *box, MARGIN_M])
        rows = cursor.fetchall()
    shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
    sides = shapely.coverage_invalid_edges(shapes, gap_width=GAP_WIDTH_M)
    own = np.array([row[1] for row in rows], dtype=bool)
    torn = own & (shapely.length(sides) > 0)
    return int(own.sum()), [
        Tear(commune, number, rows[row][0], float(shapely.length(sides[row])), shapely.to_wkt(sides[row], 3))
        for row in np.flatnonzero(torn)
    ]
