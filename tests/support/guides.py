"""The files that a reader of the guides has at hand, small ones of their kinds."""

import json
from collections.abc import Callable

BEST_TRACK = (
    "WP, 12, 2024090700,   , BEST,   0, 205N, 1082E, 110,  943, TY,  34, NEQ,  150,  145,  155,  135,\n"
    "WP, 12, 2024090706,   , BEST,   0, 209N, 1071E, 110,  943, TY,  34, NEQ,  150,  145,  155,  135,\n"
)

PARCELS_MAPPING = {name: name for name in ("sheet", "number", "land_use", "legal_area_m2", "identifier", "commune")}

SHELTERS = "ma,ten,loai,suc_chua,dien_thoai,lon,lat\nTT-1,Trường THCS Lê Lợi,Nhà tránh trú,400,,107.08,20.955\n"
SHELTERS_MAPPING = {
    "code": "ma",
    "name": "ten",
    "kind": {"column": "loai", "values": {"Nhà tránh trú": "evacuation", "Khu neo đậu": "anchorage"}},
    "capacity": "suc_chua",
    "contact": "dien_thoai",
    "source": {"value": "QĐ 100/2026"},
}
READINGS = "ma_tram;yeu_to;thoi_gian;gia_tri;phut\nMH-01;rain;07/09/2024 13:00;12,5;60\n"

READERS_FILES: dict[str, Callable[[], bytes]] = {
    "bwp122024.dat": BEST_TRACK.encode,
    "shelters.csv": SHELTERS.encode,
    "shelters.mapping.json": json.dumps(SHELTERS_MAPPING).encode,
    "readings.csv": READINGS.encode,
    "parcels.mapping.json": json.dumps(PARCELS_MAPPING).encode,
}
"""Name → what makes its content."""
