"""How long maps take over HTTP: pictures at several scales, tiles, pages of features.

    .venv/bin/python -m benchmarks.bench_map [--address http://127.0.0.1:8000] [--runs 7] [--beside http://…/wms]

Asks a running server, as `make demo` starts one, and changes nothing. Every picture and tile lies a little beside the
one before, so that nothing between could know it: what is printed are medians of answers made anew, and of the same
answer asked again with its ETag. `--beside` names another WMS that has a layer `parcels`, for a comparison.
"""

import argparse
import http.client
import math
import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

HALF_WORLD = 20037508.342789244
PLACES = ((107.0820, 20.9495), (107.9907, 21.5204), (107.1228, 20.9393))
"""Hồng Gai, Móng Cái, Hạ Long: where parcels are densest (lon, lat)."""
PIXEL_M = 0.00028
SCALES = (2_000, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
WIDTH, HEIGHT = 1000, 750
ZOOMS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)

Ask = Callable[[int], tuple[str, dict[str, str]]]
"""Address and headers of a run."""


class Server:
    """One connection to a server."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.path = parts.path.rstrip("/")
        self.link = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=60)

    def ask(self, path: str, headers: dict[str, str] | None = None) -> tuple[float, int, bytes, str]:
        """Seconds until the last byte, status, body and ETag."""
        began = time.perf_counter()
        self.link.request("GET", self.path + path, headers=headers or {})
        answer = self.link.getresponse()
        body = answer.read()
        return time.perf_counter() - began, answer.status, body, answer.getheader("ETag") or ""


def mercator(lon: float, lat: float) -> tuple[float, float]:
    return lon / 180 * HALF_WORLD, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.pi * HALF_WORLD


def picture(scale: float, run: int) -> str:
    """GetMap around one of the densest places, *run* by *run* some pixels further."""
    x, y = mercator(*PLACES[run % len(PLACES)])
    pixel = scale * PIXEL_M
    west, south = x - WIDTH / 2 * pixel + 7.3 * run * pixel, y - HEIGHT / 2 * pixel + 3.1 * run * pixel
    asked = {
        "SERVICE": "WMS", "VERSION": "1.1.1", "REQUEST": "GetMap", "LAYERS": "parcels", "STYLES": "",
        "SRS": "EPSG:3857", "BBOX": f"{west},{south},{west + WIDTH * pixel},{south + HEIGHT * pixel}",
        "WIDTH": WIDTH, "HEIGHT": HEIGHT, "FORMAT": "image/png",
    }  # fmt: skip
    return "?" + urlencode(asked)


def tile(zoom: int, run: int) -> tuple[int, int]:
    """Column and row of a tile in one of the densest places, none twice where the zoom level has several."""
    x, y = mercator(*PLACES[run % len(PLACES)])
    side = 2 * HALF_WORLD / (1 << zoom)
    return int((x + HALF_WORLD) / side) + run // len(PLACES), int((HALF_WORLD - y) / side)


def report(what: str, server: Server, paths: list[str]) -> None:
    """One line: median and worst of answers made anew, median of the same asked again, and the median size."""
    fresh, again, sizes = [], [], []
    for path in paths:
        seconds, status, body, etag = server.ask(path)
        if status not in (200, 204):
            print(f"{what:34s} {status} {body[:80]!r}")
            return
        fresh.append(seconds)
        sizes.append(len(body))
        again.append(server.ask(path, {"If-None-Match": etag} if etag else None)[0])
    print(
        f"{what:34s} {statistics.median(fresh) * 1000:6.0f} ms, worst {max(fresh) * 1000:6.0f} ms,"
        f" again {statistics.median(again) * 1000:6.0f} ms, {statistics.median(sizes) / 1000:7.0f} kB",
        flush=True,
    )


def questions(runs: int) -> Iterator[tuple[str, list[str]]]:
    for scale in SCALES:
        yield f"picture 1:{scale}", [f"/wms{picture(scale, run)}" for run in range(runs)]
    for kind in ("mvt", "png"):
        for zoom in ZOOMS:
            places = dict.fromkeys(tile(zoom, run) for run in range(runs))
            yield f"tile .{kind}, zoom {zoom}", [f"/tiles/parcels/{zoom}/{x}/{y}.{kind}" for x, y in places]
    items = "/ogc/collections/parcels/items"
    yield "features, first page", [f"{items}?limit={10 + run}" for run in range(runs)]
    boxes = [(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01) for lon, lat in PLACES]
    yield "features in a box", [f"{items}?limit=100&bbox={','.join(f'{value:.4f}' for value in box)}" for box in boxes]
    yield "features of one land use", [f"{items}?limit={10 + run}&land_use=CLN" for run in range(runs)]
    yield "the collection with its extent", ["/ogc/collections/parcels"] * runs
    for words in ("123456", "to 2 thua 15 hong gai", "hong gai"):
        yield f"search: {words}", ["/api/search/?" + urlencode({"q": words, "limit": 5 + run}) for run in range(runs)]
    yield "list /land/parcels/", [f"/land/parcels/?page={1 + run}" for run in range(runs)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--beside", help="address of another WMS with a layer `parcels`")
    options = parser.parse_args()
    server = Server(options.address)
    server.ask(f"/wms{picture(500, 0)}")  # the drawing processes start with the first picture
    for what, paths in questions(options.runs):
        report(what, server, paths)
    if options.beside:
        rival = Server(options.beside)
        for scale in SCALES:
            report(f"beside: 1:{scale}", rival, [picture(scale, run) for run in range(options.runs)])


if __name__ == "__main__":
    main()
