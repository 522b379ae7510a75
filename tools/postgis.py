"""The private PostGIS cluster of this checkout: start, stop, status, provision, remove."""

import argparse
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import provision
from tools.steps import LOCAL, ROOT, Failed, local_folder

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
LONGEST_SOCKET_PATH = 107
"""Bytes that the path of a Unix socket may have on Linux."""
MEGABYTE = 1024 * 1024


def installed_versions() -> dict[int, Path]:
    """PostgreSQL's major versions from Debian that have PostGIS, each with the folder of its programs."""
    found = {}
    for program in Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres"):
        version = int(program.parts[-3])
        control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
        if version >= OLDEST_POSTGRESQL and control.exists() and postgis_version(control) >= OLDEST_POSTGIS:
            found[version] = program.parent
    return found


def postgis_version(control: Path) -> tuple[int, ...]:
    match = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", control.read_text())
    return (int(match[1]), int(match[2])) if match else (0, 0)


@dataclass(frozen=True)
class Cluster:
    """A cluster that listens on a Unix socket alone and that only this checkout uses."""

    home: Path
    """Data, configuration and log."""
    sockets: Path
    user: str
    """The system's user whose processes it is; PostgreSQL does not run as root."""

    @classmethod
    def of(cls, checkout: Path = ROOT) -> "Cluster":
        """The cluster of *checkout*.

        As root it stands outside the checkout: `postgres` cannot reach below a folder that is closed to it.
        A socket's path must be short, which that of a checkout need not be.
        """
        mark = hashlib.sha256(str(checkout.resolve()).encode()).hexdigest()[:10]
        if os.geteuid() == 0:
            return cls(Path(f"/var/lib/halong/{mark}"), Path(f"/run/halong-{mark}"), "postgres")
        home = checkout / ".local" / "postgres"
        sockets = home / "run"
        if len(os.fsencode(sockets / ".s.PGSQL.5432.lock")) > LONGEST_SOCKET_PATH:
            runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")
            sockets = runtime / f"halong-{os.getuid()}-{mark}"
        return cls(home, sockets, pwd.getpwuid(os.geteuid()).pw_name)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def server(self) -> provision.Server:
        """It, as `provision` knows servers: its user enters as the superuser without a password."""
        return provision.Server(
            f"postgresql://postgres@/postgres?host={self.sockets}", provision.DATABASE, private=True
        )

    @property
    def programs(self) -> Path:
        """The folder of the programs that fit the data; the newest with PostGIS for a new cluster."""
        versions = installed_versions()
        if not versions:
            raise Failed("PostgreSQL with PostGIS is missing: python3 -m tools.system installs it.")
        if not self.exists:
            return versions[max(versions)]
        version = int((self.data / "PG_VERSION").read_text())
        if version not in versions:
            raise Failed(
                f"The data in {self.data} is PostgreSQL {version}'s, which is not installed here (any more):"
                f" apt-get install postgresql-{version}-postgis-3,"
                " or give the data up: python3 -m tools.postgis remove"
            )
        return versions[version]

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @property
    def is_running(self) -> bool:
        return self.exists and self._call("pg_ctl", "status", "-D", self.data, check=False).returncode == 0

    def start(self) -> bool:
        """Start it, made first if need be; returns whether this call did: False if it ran already."""
        if self.is_running:
            return False
        self._folder(self.home, 0o700)
        self._folder(self.sockets, 0o755)
        if not self.exists:
            self._create()
        self._configure()
        try:
            self._call("pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data, "-l", self.log)
        except Failed as failed:
            raise Failed(f"The database did not start; the end of {self.log}:\n{tail(self.log)}") from failed
        return True

    def stop(self) -> None:
        """End it, whoever is connected, within seconds; after a hard end its log brings the data back."""
        if not self.is_running:
            return
        halt = ("pg_ctl", "stop", "-w", "-s", "-D", self.data)
        if self._call(*halt, "-m", "fast", "-t", "2", check=False).returncode:
            self._call(*halt, "-m", "immediate", "-t", "5")
        with suppress(OSError):  # somebody's own file there is not ours to remove
            self.sockets.rmdir()

    def checkpoint(self) -> None:
        """Write out what was loaded, so that a stop need not."""
        provision.psql(self.server.admin_url, "CHECKPOINT")

    def is_in_use(self) -> bool:
        """Whether anybody is connected."""
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return provision.psql(self.server.admin_url, others) != "0"

    def remove(self) -> None:
        """Stop it and delete all its data."""
        self.stop()
        for folder in (self.home, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def _create(self) -> None:
        half = self.home / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        self._call(
            "initdb", "-D", half, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth-local=peer", "--auth-host=reject", "--no-instructions",
        )  # fmt: skip
        with (half / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'halong.conf'\n")
        half.rename(self.data)

    def _configure(self) -> None:
        """Write the three files that say who may enter and how much memory is used, afresh at each start."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        users = sorted({self.user, me})
        self._write("halong.conf", settings(self.sockets))
        self._write("pg_hba.conf", "local all postgres peer map=halong\nlocal all all scram-sha-256\n")
        self._write("pg_ident.conf", "".join(f'halong "{user}" postgres\n' for user in users))

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        shutil.chown(path, self.user)

    def _folder(self, path: Path, mode: int) -> None:
        if self.home.is_relative_to(LOCAL):
            local_folder()
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        if path.stat().st_uid not in (0, pwd.getpwnam(self.user).pw_uid):
            raise Failed(f"{path} belongs to somebody else.")
        shutil.chown(path, self.user)

    def _call(self, program: str, *arguments: Any, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's programs as the cluster's user. Nothing it starts keeps our output open."""
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.STDOUT,
            text=True,
            check=False,
            **as_user,
        )
        if check and done.returncode:
            raise Failed(f"{program} ended with code {done.returncode}: {(done.stdout or '').strip()[-2000:]}")
        return done


def settings(sockets: Path) -> str:
    """The configuration: one socket, a machine of two cores, data that survives a crash."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    return f"""\
listen_addresses = ''
unix_socket_directories = '{sockets}'
max_connections = 100
shared_buffers = {min(512, max(128, memory // 8))}MB
effective_cache_size = {memory // 2}MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_parallel_workers_per_gather = 1
# A copy of a database (for each module of tests) locks every table of it.
max_locks_per_transaction = 256
# Compiling a plan costs more than the short queries of maps take.
jit = off
random_page_cost = 1.1
# Nobody follows this server: rows loaded into a new table need not be logged too.
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
log_checkpoints = off
log_line_prefix = '%m %u@%d '
timezone = 'UTC'
"""


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"


def given_url(env_file: Path = provision.ENV_FILE) -> str | None:
    """The user's own server, from `DATABASE_URL`; None if it is unset or is what we wrote for our cluster."""
    given = os.environ.get("DATABASE_URL")
    stored = provision.read_env(env_file)
    if given and given == stored.get("DATABASE_URL"):
        return stored.get("DATABASE_ADMIN_URL")
    return given or None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["start", "stop", "status", "provision", "remove"])
    verb = parser.parse_args().verb
    try:
        return run(verb, Cluster.of())
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1


def run(verb: str, cluster: Cluster) -> int:
    if verb == "provision":
        url = given_url()
        provision.provision(provision.Server.of_url(url) if url else cluster.server)
    elif verb == "start":
        cluster.start()
    elif verb == "stop":
        cluster.stop()
    elif verb == "remove":
        cluster.remove()
    running = cluster.is_running
    print(f"{cluster.home}: {'running, socket in ' + str(cluster.sockets) if running else 'not running'}")
    return 0 if running or verb != "status" else 3


if __name__ == "__main__":
    sys.exit(main())
