"""What `make demo` and `make test` do first: packages, environment, front end, translations, database."""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import postgis, provision, system
from tools.steps import ROOT, Failed, Step, Steps, local_folder

OLDEST_PYTHON = (3, 11)
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
"""Of programs and tests together: a checkout is a place to work in."""
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "gis" / "web" / "pages" / "static" / "pages"
STEPS = 5
"""How many steps `prepare` takes."""
TEXTS = [ROOT / "gis/web/pages/texts.py", ROOT / "gis/web/locale/vi/LC_MESSAGES/django.po"]
"""Of the scripts; the front end's build ends where one of them is missing."""


@contextmanager
def only_one(steps: Steps) -> Iterator[None]:
    """Let one command at a time prepare this checkout."""
    with (local_folder() / "prepare.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            steps.say("Another command prepares this checkout; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def prepared(steps: Steps, *, browser: bool) -> Iterator[postgis.Cluster | None]:
    """The checkout with all that a program or a test of it needs; ends the database if it started it.

    Gives the private cluster, or None where the user named a server.
    """
    url = postgis.given_url()
    cluster = None if url else postgis.Cluster.of()
    started = False
    try:
        with only_one(steps):
            with steps.step("Debian packages") as step:
                system.install(system.needs(own_server=url is None, browser=browser), step)
            with steps.step("Python packages") as step:
                python_packages(step)
            with steps.step("Front end") as step:
                front_end(step)
            with steps.step("Translations") as step:
                translations(step)
            with steps.step("Database") as step:
                if cluster:
                    started = cluster.start()
                    step.result = "started" if started else "runs already"
                else:
                    step.result = "the server of DATABASE_URL"
                provision.provision(cluster.server if cluster else provision.Server.of_url(url or ""))
        yield cluster
    finally:
        if cluster and started:
            cluster.stop()


def environment() -> dict[str, str]:
    """Variables of the processes started: the programs of `.venv` come first."""
    return {
        **os.environ,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(VENV),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "gis.settings",
    }


def python_packages(step: Step) -> None:
    """Install exactly what the lock file names, each file checked against its hash."""
    if sys.version_info < OLDEST_PYTHON:
        raise Failed(f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed; this is {sys.version.split()[0]}")
    stamp = Stamp("python", [LOCK], sys.version)
    if works(PYTHON) and stamp.is_fresh:
        step.result = "unchanged"
        return
    if not works(PYTHON):
        step.run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-compile", "--require-hashes"]
    step.run([*install, "--only-binary", ":all:", "-r", str(LOCK)])
    stamp.set()
    step.result = f"{len(re.findall(r'^[a-z0-9].*==', LOCK.read_text(), re.MULTILINE))} of {LOCK.name}"


def works(python: Path) -> bool:
    """Whether the environment of *python* is whole: a half-made one or one of a Python that went is not."""
    probe = [str(python), "-c", "import sys, pip; sys.exit(sys.prefix == sys.base_prefix)"]
    return python.exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0


def front_end(step: Step) -> None:
    """Install the front end's packages from its lock file and build it, each only when something changed."""
    lock = FRONTEND / "package-lock.json"
    packages = Stamp("npm", [lock])
    if not (packages.is_fresh and (FRONTEND / "node_modules").is_dir()):
        npm(step, "ci", "--prefer-offline", "--no-audit", "--no-fund")
        packages.set()
    sources = [path for path in FRONTEND.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    build = Stamp("front-end", [*sources, *TEXTS])
    if build.is_fresh and any(BUILT.glob("*.js")):
        step.result = "unchanged"
        return
    npm(step, "run", "build")
    build.set()
    step.result = "built"


def npm(step: Step, *arguments: str) -> None:
    step.run([str(VENV / "bin" / "npm"), *arguments], cwd=FRONTEND, env=environment())


def translations(step: Step) -> None:
    """Compile the catalogues that changed; a fault in one (a lost placeholder) ends the command."""
    step.result = "unchanged"
    for source in sorted(ROOT.glob("gis/web/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            step.run(["msgfmt", "--check", "-o", str(compiled), str(source)])
            step.result = "compiled"


class Stamp:
    """Remembers that something was made from these files, so that it is made again only when they change."""

    def __init__(self, name: str, sources: list[Path], *more: str) -> None:
        self.path = local_folder() / "stamps" / name
        digest = hashlib.sha256("\0".join(more).encode())
        for source in sorted(sources):
            digest.update(f"{source.relative_to(ROOT)}\0".encode())
            digest.update(source.read_bytes())
        self.digest = digest.hexdigest()

    @property
    def is_fresh(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.digest

    def set(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(self.digest)
