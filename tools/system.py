"""What Debian must bring: finds what is missing, installs it where it may, else names the command."""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import postgis
from tools.steps import Failed, Step, Steps

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
"""The face that maps are lettered with; it has every Vietnamese letter."""
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/halong.conf")


@dataclass(frozen=True)
class Need:
    """One thing that the commands use, and the Debian packages that bring it."""

    what: str
    packages: Callable[[], list[str]]
    is_here: Callable[[], bool]


def needs(*, own_server: bool, browser: bool) -> list[Need]:
    """What `make demo` (*own_server*: with a cluster of its own) and `make test` (*browser*) use."""
    return [
        Need("Python's venv", lambda: ["python3-venv"], has_venv),
        *(
            [Need("PostgreSQL with PostGIS", server_packages, lambda: bool(postgis.installed_versions()))]
            if own_server
            else [Need("psql", lambda: ["postgresql-client"], lambda: shutil.which("psql") is not None)]
        ),
        Need("gettext", lambda: ["gettext"], lambda: shutil.which("msgfmt") is not None),
        Need("DejaVu fonts", lambda: ["fonts-dejavu-core"], FONT.exists),
        *(
            [
                Need("Chromium", lambda: ["chromium"], has_chromium),
                Need("libatomic", lambda: ["libatomic1"], has_libatomic),
                Need("GDAL's commands", lambda: ["gdal-bin"], lambda: shutil.which("ogrinfo") is not None),
                Need("curl", lambda: ["curl"], lambda: shutil.which("curl") is not None),
            ]
            if browser
            else []
        ),
    ]


def has_venv() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def has_chromium() -> bool:
    return shutil.which("chromium") is not None


def has_libatomic() -> bool:
    """What the Node that Playwright brings is linked to; Debian 12's Chromium does not pull it in."""
    return any(Path("/usr/lib").glob("*/libatomic.so.1"))


def server_packages() -> list[str]:
    """The newest PostgreSQL that this Debian has PostGIS for."""
    names = known_packages("postgresql-")
    matches = (re.fullmatch(r"postgresql-(\d+)-postgis-3", name) for name in names)
    versions = [int(match[1]) for match in matches if match]
    usable = [version for version in versions if version >= postgis.OLDEST_POSTGRESQL]
    if not usable:
        raise Failed(
            f"This Debian offers no PostgreSQL {postgis.OLDEST_POSTGRESQL} or newer with PostGIS."
            " Name a server that has it: DATABASE_URL=postgresql://user:password@host/database make demo"
        )
    newest = max(usable)
    return [f"postgresql-{newest}", f"postgresql-{newest}-postgis-3"]


def known_packages(prefix: str) -> list[str]:
    """Names of the packages that apt knows; empty without apt or before its first update."""
    if shutil.which("apt-cache") is None:
        return []
    found = subprocess.run(["apt-cache", "pkgnames", prefix], capture_output=True, text=True, check=False)
    return found.stdout.split()


def missing(wanted: list[Need]) -> list[Need]:
    return [need for need in wanted if not need.is_here()]


def privilege() -> list[str] | None:
    """What to put before a command that needs root; None if this user may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if sys.stdin.isatty() or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo"]
    return None


def install(wanted: list[Need], step: Step) -> None:
    """Install what is missing of *wanted*; raises `Failed` with the command to run where it may not."""
    lacking = missing(wanted)
    if not lacking:
        step.result = "all here"
        return
    root = privilege()
    if shutil.which("apt-get") is None or root is None:
        raise Failed(by_hand(lacking))
    step.run([*root, "apt-get", "-q", "update"], interactive=bool(root))
    packages = [package for need in lacking for package in need.packages()]
    step.run([*root, "sh", "-c", installation(packages)], interactive=bool(root))
    still = missing(wanted)
    if still:
        raise Failed(by_hand(still))
    step.result = f"installed {' '.join(packages)}"


def installation(packages: list[str]) -> str:
    """The shell script that installs *packages*.

    Debian's server package makes a cluster on port 5432, which nobody here uses: it is told not to.
    """
    quiet = (
        f"mkdir -p {NO_MAIN_CLUSTER.parent}; trap 'rm -f {NO_MAIN_CLUSTER}' EXIT;"
        f" echo 'create_main_cluster = false' > {NO_MAIN_CLUSTER}; "
    )
    brings_server = any(re.fullmatch(r"postgresql-\d+", package) for package in packages)
    return (
        f"set -e; {quiet if brings_server else ''}export DEBIAN_FRONTEND=noninteractive;"
        f" apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends {' '.join(packages)}"
    )


def by_hand(lacking: list[Need]) -> str:
    """What a person is told who has to install it."""
    names = ", ".join(need.what for need in lacking)
    if shutil.which("apt-get") is None:
        packages = "\n".join(f"  {need.what}: {' '.join(debian_names(need))}" for need in lacking)
        return f"Missing: {names}. This system has no apt-get; these are Debian's packages:\n{packages}"
    packages = " ".join(package for need in lacking for package in debian_names(need))
    return (
        f"Missing: {names}. Run this as root (or with sudo), then the same command again:\n\n"
        f"  apt-get update && apt-get install --no-install-recommends {packages}"
    )


def debian_names(need: Need) -> list[str]:
    """The packages of *need*, or Debian's general names for them where apt knows no versions yet."""
    try:
        return need.packages()
    except Failed:
        return ["postgresql", "postgresql-postgis"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", action="store_true", help="what the tests need too: Chromium")
    parser.add_argument("--check", action="store_true", help="only tell what is missing")
    options = parser.parse_args()
    wanted = needs(own_server="DATABASE_URL" not in os.environ, browser=options.browser)
    if options.check:
        lacking = missing(wanted)
        print(by_hand(lacking) if lacking else "Nothing is missing.")
        return 1 if lacking else 0
    try:
        with Steps(1).step("Debian packages") as step:
            install(wanted, step)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
