"""`make demo` from its start to Ctrl-C, on a copy of this checkout with a cluster of its own."""

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.server import free_port
from tools import postgis, prepare
from tools.postgis import Cluster
from tools.provision import psql, read_env
from tools.steps import ROOT

Demo = subprocess.Popen[bytes]
SECONDS_TO_START = 120
SECONDS_TO_END = 5


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This checkout as git knows it, with the packages that are installed in it and the front end built."""
    if not postgis.installed_versions():
        pytest.skip("no PostgreSQL server with PostGIS is installed here (the tests run on another one)")
    if not prepare.Stamp("npm", [prepare.FRONTEND / "package-lock.json"]).is_fresh:
        pytest.skip("this checkout was not prepared by `make test` or `make demo`")
    copy = tmp_path_factory.mktemp("copy")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    (copy / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    shutil.copytree(prepare.BUILT, copy / prepare.BUILT.relative_to(ROOT), dirs_exist_ok=True)
    shutil.copytree(ROOT / ".local" / "stamps", copy / ".local" / "stamps")
    yield copy
    Cluster.of(copy).remove()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@contextmanager
def demo(copy: Path, port: int) -> Iterator[Demo]:
    """`make demo`, serving; killed with all it started if the test does not end it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    log = copy / "demo.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            ["make", "demo", "PARCELS=300", f"PORT={port}"],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while "Halong runs" not in log.read_text() and process.poll() is None:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        for pid in {process.pid, *processes_of(copy)}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def processes_of(copy: Path) -> list[int]:
    """Processes that work in *copy* or run its cluster, zombies left out."""
    data = str(Cluster.of(copy).data)
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            inside = (folder / "cwd").resolve().is_relative_to(copy)
            if inside or data in (folder / "cmdline").read_text().split("\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def arguments_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def streams(port: int, number: int) -> list[object]:
    """Event streams, open and already talking."""
    opened = [urllib.request.urlopen(f"http://127.0.0.1:{port}/live/", timeout=10) for _ in range(number)]
    for stream in opened:
        assert stream.read(1)
    return opened


def to_the_group(process: Demo) -> None:
    """As a terminal does on Ctrl-C."""
    os.killpg(process.pid, signal.SIGINT)


def to_make_alone(process: Demo) -> None:
    """As `kill -INT` does."""
    process.send_signal(signal.SIGINT)


def end(process: Demo, how: Callable[[Demo], None], copy: Path) -> None:
    how(process)
    process.wait(SECONDS_TO_END)
    assert processes_of(copy) == []
    assert not Cluster.of(copy).is_running


def test_ctrl_c_ends_all_it_started_and_a_second_start_loses_nothing(copy: Path, port: int) -> None:
    count = "SELECT count(*) FROM land_parcel"
    with demo(copy, port) as process:
        opened = streams(port, 5)
        assert any("work" in arguments_of(pid) for pid in processes_of(copy)), "jobs are run beside the server"
        owner = read_env(copy / ".local" / "halong.env")["DATABASE_OWNER_URL"]
        parcels = psql(owner, count)
        assert int(parcels) >= 300
        psql(owner, "UPDATE access_user SET first_name = 'Lan' WHERE username = 'viewer'")
        end(process, to_the_group, copy)
        assert len(opened) == 5

    with demo(copy, port) as process:
        assert psql(owner, "SELECT first_name FROM access_user WHERE username = 'viewer'") == "Lan"
        assert psql(owner, count) == parcels
        end(process, to_make_alone, copy)
