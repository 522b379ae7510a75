"""What a search takes: in the database's own time and as a whole, on the database of the settings as it stands.

    .venv/bin/python -m benchmarks.bench_search [--rounds 20]

It only reads. Asked is `/api/search/` in this process, for the public and for a viewer who may see all; the texts are
names with and without diacritics, short and common ones, and numbers of rows that are there.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from disaster.models import Incident
from forests.models import ForestPlot
from gis.access.roles import LEADER
from gis.access.viewer import Viewer
from gis.layers.search import search
from land.models import Parcel

EVERYTHING = Viewer(1, "bench", frozenset({(LEADER, "*"), ("duty_officer", "*")}))
WORDS = (
    "an",
    "ho",
    "nha",
    "hong gai",
    "Bãi Cháy",
    "giếng đáy",
    "nha van hoa gieng day",
    "yagi",
    "bão số 3",
    "MH-01",
    "xyzzy",
)
LIMIT = 12


def texts() -> Iterator[str]:
    yield from WORDS
    parcel = Parcel.objects.current().visible_in("").select_related("commune").order_by("-pk")[0]
    yield from (parcel.identifier, parcel.identifier[:3])
    yield f"{parcel.sheet}/{parcel.number}"
    yield f"tờ {parcel.sheet} thửa {parcel.number} {parcel.commune.name}"
    plot = ForestPlot.objects.order_by("-pk")[0]
    yield from (plot.code, f"tiểu khu {plot.compartment}")
    incident = Incident.objects.order_by("pk").first()
    if incident:
        yield " ".join(incident.text.split()[:2])


def processor_ms(process: str) -> float:
    """What the processor has spent on *process* so far; not there where /proc is not."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    if not Parcel.objects.exists() or not ForestPlot.objects.exists():
        sys.exit("This database holds no province: make demo loads one.")
    asked = list(texts())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = str(cursor.fetchone()[0])
    counts = (Parcel.objects.current().count(), ForestPlot.objects.count(), Incident.objects.count())
    print("{} parcels, {} plots, {} incidents".format(*counts))
    for title, viewer in (("public", Viewer.public()), ("all", EVERYTHING)):
        whole: list[float] = []
        for text in asked:
            found = search(viewer, text, LIMIT)  # the statement is written once for all
            times, before, own = [], processor_ms(backend), resource.getrusage(resource.RUSAGE_SELF).ru_utime
            for _round in range(rounds):
                began = time.perf_counter()
                search(viewer, text, LIMIT)
                times.append((time.perf_counter() - began) * 1000)
            own = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - own) * 1000 / rounds
            database = (processor_ms(backend) - before) / rounds
            whole += times
            print(
                f"{title:7}{text[:40]:42}{len(found):3} found: median {statistics.median(times):5.1f} ms,"
                f" processor {own:4.1f} ms here, {database:4.1f} ms in the database"
            )
        cuts = statistics.quantiles(whole, n=100)
        print(f"{title:7}all texts: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms")


if __name__ == "__main__":
    main()
