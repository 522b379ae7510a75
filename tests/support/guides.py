"""The files that a reader of the guides has at hand, small ones of their kinds."""

import json
from collections.abc import Callable

BEST_TRACK = (
    "WP, 12, 2024090700,   , BEST,   0, 205N, 1082E, 110,  943, TY,  34, NEQ,  150,  145,  155,  135,\n"
    "WP, 12, 2024090706,   , BEST,   0, 209N, 1071E, 110,  943, TY,  34, NEQ,  150,  145,  155,  135,\n"
)

PARCELS_MAPPING = {name: name for name in ("sheet", "number", "land_use", "legal_area_m2", "identifier", "commune")}

READERS_FILES: dict[str, Callable[[], bytes]] = {
    "bwp122024.dat": BEST_TRACK.encode,
    "parcels.mapping.json": json.dumps(PARCELS_MAPPING).encode,
}
"""Name → what makes its content."""
