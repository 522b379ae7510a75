"""`make demo`: from an empty machine to a live map, and back to nothing on Ctrl-C."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import prepare, provision
from tools.steps import ROOT, Failed, Step, Steps, Stopped, end_group, lines_of, local_folder, raise_on_signals

START_SECONDS = 60
STOP_SECONDS = 2.0
"""For the server to end its streams and its drawing processes; then they are killed."""
ACCOUNTS = (
    ("admin", "sees everything"),
    ("operator", "for the service itself"),
    ("leader", "reads all that leaders read"),
    ("lawyer", "for the tables of rules, which are to come"),
    ("land.halong", "land officer of Hồng Gai (06685) and Hạ Long (06688)"),
    ("land.halong2", "her colleague; checker sees the land of the whole province"),
    ("land.mongcai", "land officer of Móng Cái (06712)"),
    ("forest, mines", "officers of their domain"),
    ("duty", "duty officer: storms, rescue"),
    ("team1, team2", "rescue teams"),
    ("commune.halong", "commune staff there"),
    ("viewer", "only reads"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000, help="synthetic parcels of the demo province")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    raise_on_signals()
    end_with_make()
    steps = Steps(prepare.STEPS + 3)
    try:
        check_port(options.host, options.port)
        with prepare.prepared(steps, browser=False) as cluster:
            with steps.step("Tables") as step:
                manage(step, "migrate")
            with steps.step("Demo province") as step:
                province(step, options.parcels)
                if cluster:
                    cluster.checkpoint()
            with serving(steps, options.host, options.port) as server, working():
                welcome(steps, options.host, options.port)
                server.wait()
                raise Failed(f"The server ended by itself; what it said: {log_file()}\n{end_of(log_file())}")
    except Stopped as stopped:
        steps.say(f"\n{stopped}: everything that was started has ended.")
        return 0
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1


def check_port(host: str, port: int) -> None:
    """Refuse early what would fail after minutes of preparation."""
    if not 0 < port < 65_536:
        raise Failed(f"PORT={port} is no port: a number from 1 to 65535 is expected.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as refusal:
        raise Failed(
            f"Cannot listen on {host}:{port}: {refusal}.\nEnd what uses it, or choose another:"
            f" make demo PORT={port + 1 if port < 65_535 else 8000}"
        ) from refusal


def manage(step: Step, *arguments: str, bars: bool = False) -> str:
    return step.run([str(prepare.PYTHON), "manage.py", *arguments], env=prepare.environment(), bars=bars)


def province(step: Step, parcels: int) -> None:
    output = manage(step, "load_province", "--parcels", str(parcels), bars=True)
    step.result = lines_of(output)[-1]


@contextmanager
def serving(steps: Steps, host: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The server, answering; ended with all its processes when the block is left."""
    with log_file().open("wb") as log:
        server = subprocess.Popen(
            [
                str(prepare.PYTHON), "-m", "uvicorn", "gis.asgi:application", "--host", host,
                "--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "1",
            ],
            cwd=ROOT,
            env={**prepare.environment(), "ALLOWED_HOSTS": allowed_hosts(host)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        with steps.step("Server") as step:
            wait_until_healthy(step, server, host, port)
            step.result = "answers"
        yield server
    finally:
        end_group(server, STOP_SECONDS)


@contextmanager
def working() -> Iterator["subprocess.Popen[bytes]"]:
    """The worker that runs jobs in the background; ended with its processes before the server is."""
    with log_file("work").open("wb") as log:
        worker = subprocess.Popen(
            [str(prepare.PYTHON), "manage.py", "work"],
            cwd=ROOT,
            env=prepare.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        end_group(worker, STOP_SECONDS)


def wait_until_healthy(step: Step, server: "subprocess.Popen[bytes]", host: str, port: int) -> None:
    while step.seconds < START_SECONDS:
        if server.poll() is not None:
            raise Failed(f"The server did not start; what it said: {log_file()}\n{end_of(log_file())}")
        try:
            with urllib.request.urlopen(f"{address(host, port)}healthz", timeout=10):
                return
        except urllib.error.HTTPError as answer:
            raise Failed(f"The server is not well: {answer} at {answer.url}\n{end_of(log_file())}") from answer
        except OSError:
            step.alive()
            time.sleep(0.1)
    raise Failed(f"The server did not answer within {START_SECONDS} s; what it said: {log_file()}")


def allowed_hosts(host: str) -> str:
    """Names that the server answers to: those of this machine, and the one that it was told to listen on."""
    names = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        host,
        *([socket.gethostname()] if host in ("0.0.0.0", "::") else []),
    ]
    return os.environ.get("ALLOWED_HOSTS", ",".join(dict.fromkeys(names)))


def address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def welcome(steps: Steps, host: str, port: int) -> None:
    """Tell where everything is and who may sign in."""
    root = address(host, port)
    password = os.environ.get("DEMO_PASSWORD") or provision.read_env()["DEMO_PASSWORD"]
    width = max(len(name) for name, _ in ACCOUNTS)
    accounts = "\n".join(f"    {name:<{width}}  {what}" for name, what in ACCOUNTS)
    steps.say(
        f"\nHalong runs ({time.monotonic() - steps.began:.0f} s after the start).\n\n"
        f"  Map              {root}\n"
        f"  WMS              {root}wms?SERVICE=WMS&REQUEST=GetCapabilities\n"
        f"  OGC API          {root}ogc\n"
        f"  Sign in          {root}accounts/login/\n"
        f"  Jobs             {root}jobs/ (run by a worker beside the server, log: {log_file('work')})\n\n"
        f"  Demo accounts, password {password}\n{accounts}\n\n"
        "  A typhoon in another shell:  .venv/bin/python manage.py replay yagi --speed 600\n"
        "  Ctrl-C ends the server, the worker and the database; the data stays."
    )


def log_file(name: str = "server") -> Path:
    folder = local_folder() / "log"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.log"


def end_of(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def end_with_make() -> None:
    """End when the `make` above us is told to: it does not pass on a SIGINT that it alone received."""
    parent = os.getppid()
    if command_of(parent) not in ("make", "gmake"):
        return
    caught = catches_interrupt(parent)

    def watch() -> None:
        while os.getppid() == parent and catches_interrupt(parent) == caught:
            time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def catches_interrupt(pid: int) -> bool:
    """Whether *pid* has a handler for SIGINT; make takes its own away as soon as one arrives."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    mask = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(mask & 1 << signal.SIGINT - 1)


if __name__ == "__main__":
    sys.exit(main())
