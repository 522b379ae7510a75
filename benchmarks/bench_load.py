"""How fast the cadastral fabric is loaded: made, COPYed and checked by all guards, in the loader role.

    .venv/bin/python -m benchmarks.bench_load [PARCELS [RUNS]]

Each run has a database of its own, a copy of `halong_template`, which is dropped again. Printed are medians.
"""

import statistics
import sys

from django.core.management import call_command
from django.db import connections

from fixtures.loading import Loaded, load
from support.databases import copy_of

TEMPLATE = "halong_template"


def main() -> None:
    given = [int(text) for text in sys.argv[1:3]]
    parcels, runs = (given + [100_000, 3][len(given) :])[:2]
    results = [one_run(parcels) for _run in range(runs)]
    seconds = statistics.median(result.fabric_seconds for result in results)
    rows = results[0].points + results[0].parcels
    print(f"{results[0].parcels} parcels on {results[0].points} boundary points, median of {runs}: {seconds:.1f} s")
    print(f"{rows / seconds:.0f} rows/s, {results[0].parcels / seconds:.0f} parcels/s")


def one_run(parcels: int) -> Loaded:
    with copy_of(TEMPLATE, "bench_halong_load") as name:
        point_at(name)
        call_command("migrate", verbosity=0)
        loaded = load(parcels, 1, lambda rows, _what, _total: rows)
        point_at(name)
        print(f"  {loaded.fabric_seconds:.1f} s", flush=True)
    return loaded


def point_at(database: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


if __name__ == "__main__":
    main()
