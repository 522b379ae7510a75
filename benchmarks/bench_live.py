"""The event stream under load: how long from the change to the viewer, and what a viewer costs.

    .venv/bin/python -m benchmarks.bench_live [--viewers 200 1000] [--seconds 10]

Each server has a database of its own, a copy of `halong_template`, which is dropped again, and is asked over the
loopback only. The delay runs from just before the writer's transaction to the arrival in the viewer's process;
viewers share their processor with the server, as they would not in life.
"""

import argparse
import asyncio
import re
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections, transaction

from gis.live import outbox
from support.databases import copy_of
from support.server import Server, running_server

TEMPLATE = "halong_template"
PER_SECOND = 20
"""Changes that one writer makes: somewhat more than 600 boats that report every 30 seconds."""
SENT = re.compile(rb'"sent":([\d.]+)')
WRITERS, COMMITS = 8, 1600


@contextmanager
def database() -> Iterator[str]:
    """A migrated database; Django of this process is connected to it meanwhile."""
    with copy_of(TEMPLATE, "bench_halong_live") as name:
        for alias in connections:
            connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        yield name
        connections.close_all()


def move(number: int) -> None:
    """A boat's report, as large as they are."""
    feature = {
        "type": "Feature",
        "id": f"QN-{number % 600:04d}",
        "geometry": {"type": "Point", "coordinates": [107.08, 20.95]},
        "properties": {"name": "Tàu du lịch", "kind": "boat", "status": "moving", "sent": time.monotonic()},
    }
    payload = {"commune": "06685", "public": feature, "exact": feature}
    with transaction.atomic():
        outbox.publish("assets", "moved", feature["id"], payload)


class Viewer:
    """An open stream that notes how late each event came (seconds)."""

    def __init__(self, delays: list[float]) -> None:
        self._delays = delays

    async def open(self, port: int) -> "Viewer":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        self._writer.write(b"GET /live/?topics=assets HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await self._reader.readuntil(b"id: ")
        self._task = asyncio.create_task(self._listen())
        return self

    def close(self) -> None:
        self._task.cancel()
        self._writer.close()

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            if sent := SENT.search(line):
                self._delays.append(time.monotonic() - float(sent[1]))


async def watch(server: Server, viewers: int, seconds: float) -> None:
    for viewer in [await Viewer([]).open(server.port) for _ in range(50)]:
        viewer.close()  # what the first viewers cost is not the viewers' price
    await asyncio.sleep(1)
    before = resident_kb(server)
    delays: list[float] = []
    began = time.monotonic()
    watching = [await Viewer(delays).open(server.port) for _ in range(viewers)]
    opening = time.monotonic() - began
    memory = (resident_kb(server) - before) / viewers
    changes = int(seconds * PER_SECOND)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as writer:
        for number in range(changes):
            pause = asyncio.create_task(asyncio.sleep(1 / PER_SECOND))
            await loop.run_in_executor(writer, move, number)
            await pause
        await asyncio.sleep(2)
        await loop.run_in_executor(writer, connections.close_all)
    for viewer in watching:
        viewer.close()
    cuts = statistics.quantiles(delays, n=100)
    print(
        f"{viewers:5d} viewers: p50 {cuts[49] * 1000:5.0f} ms, p99 {cuts[98] * 1000:5.0f} ms,"
        f" worst {max(delays) * 1000:5.0f} ms; {len(delays) / (changes * viewers):.1%} told;"
        f" {memory:4.1f} kB each; opened in {opening:.1f} s"
    )


def resident_kb(server: Server) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def commits_per_second(publishing: bool) -> float:
    """Of `WRITERS` threads that each change rows of their own, with or without an event."""

    def write(writer: int) -> None:
        for number in range(COMMITS // WRITERS):
            with transaction.atomic():
                if publishing:
                    outbox.publish("layers", "changed", f"{writer}-{number}", {"layer": "x"})
                else:
                    with connections["default"].cursor() as cursor:
                        cursor.execute("INSERT INTO layers_touch (layer, x, y) VALUES ('bench', 1, 1)")
        connections.close_all()

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(WRITERS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return COMMITS / (time.monotonic() - began)


def numbering_per_second() -> float:
    outbox.number_events()
    with transaction.atomic():
        for number in range(outbox.PAGE):
            outbox.publish("layers", "changed", f"{number}", {"layer": "x"})
    began = time.monotonic()
    outbox.number_events()
    outbox.read(outbox.span().newest - outbox.PAGE)
    return outbox.PAGE / (time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with database() as name:
        print(f"{WRITERS} writers: {commits_per_second(False):6.0f} commits/s of a bare row")
        print(f"{WRITERS} writers: {commits_per_second(True):6.0f} commits/s with an event each")
        print(f"numbering and reading: {numbering_per_second():6.0f} events/s")
        for viewers in options.viewers:
            with tempfile.TemporaryDirectory() as folder, running_server(name, Path(folder)) as server:
                asyncio.run(watch(server, viewers, options.seconds))


if __name__ == "__main__":
    main()
