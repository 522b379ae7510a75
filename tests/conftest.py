"""What every test may ask for: the demo province in a database, the cast, a real server.

The province is loaded once and kept as a template that nobody connects to; `db` works on one copy of it and
rolls back, `server` and `fresh_database` get copies of their own, so that nothing a test commits reaches another.

With `-n 2` two processes share the work, file by file, and the one province; every other database, server and port is
of one process alone.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

PASSWORD = "mat-khau-kiem-thu"
os.environ["DEMO_PASSWORD"] = PASSWORD  # for the servers that tests start

from django.conf import settings  # noqa: E402  (the environment first)
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from gis.access.grants import viewer_of  # noqa: E402
from gis.access.models import User  # noqa: E402
from gis.access.viewer import Viewer  # noqa: E402
from gis.maps.drawing import close as close_drawing  # noqa: E402
from support.databases import TEMPLATE, copy_of, create_database, drop_database, point_connections_at, role_urls  # noqa: E402
from support.server import Server, running_server  # noqa: E402

settings.DEMO_PASSWORD = PASSWORD  # pytest-django has read the settings before this file
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PARCELS = 3000
RUN = "HALONG_TEST_RUN"
"""The variable by which the processes of a run know each other: the number of the one that started them."""
LONGEST = (
    "tools/test_whole_demo.py",
    "exchange/test_workers.py",
    "docs/test_guides.py",
    "live/test_stopping.py",
    "tools/test_private_cluster.py",
)
"""Files that take long although their tests are few, in the order in which they begin: none is left for last."""


def pytest_configure(config: pytest.Config) -> None:
    if not is_worker(config):
        os.environ[RUN] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config):
        with contextlib.suppress(psycopg2.OperationalError):  # a run that needed no database may have none
            drop_database(template_name("province"))
            drop_database(template_name("migrated"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, so that it has one server and one browser; long files first."""
    folder = Path(__file__).parent
    places = {str(folder / name): place for place, name in enumerate(LONGEST)}
    first_seen: dict[str, int] = {}
    for item in items:
        first_seen.setdefault(str(item.path), len(first_seen))
    items.sort(key=lambda item: (places.get(str(item.path), len(places)), first_seen[str(item.path)]))


def is_worker(config: pytest.Config) -> bool:
    """Whether this process was started by another one to take a part of its tests."""
    return hasattr(config, "workerinput")


def template_name(what: str) -> str:
    """Name of a database that the processes of this run copy."""
    return f"test_halong_{os.environ[RUN]}_{what}"


@pytest.fixture(scope="session")
def database_prefix() -> str:
    """What the names of this run's databases begin with."""
    return f"test_halong_{os.getpid()}"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, django_db_blocker: Any) -> Any:
    """`template("province", of, make)`: a copy of the database *of* that *make* works on, made once in a run.

    The first process that needs it makes it, with Django connected to it; nobody connects to it once it stands.
    """
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if is_worker(request.config) else folder

    def made(what: str, of: str, make: Callable[[], None]) -> str:
        name = template_name(what)
        with (shared / f"{what}.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.seek(0)
            if not lock.read():
                create_database(name, of)
                with django_db_blocker.unblock():
                    point_connections_at(name)
                    make()
                    point_connections_at(name)
                lock.write("made")
        return name

    return made


@pytest.fixture(scope="session")
def migrated(template: Any) -> str:
    """Name of a database that was migrated and given nothing; a template."""
    name: str = template("migrated", TEMPLATE, lambda: call_command("migrate", verbosity=0))
    return name


@pytest.fixture(scope="session")
def province(template: Any, migrated: str) -> str:
    """Name of a database with the demo province; a template."""
    name: str = template("province", migrated, lambda: call_command("load_province", parcels=PARCELS, verbosity=0))
    return name


@pytest.fixture(scope="session")
def django_db_setup(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[None]:
    """The database of the tests that ask for `db`."""
    with copy_of(province, database_prefix) as name, django_db_blocker.unblock():
        point_connections_at(name)
        os.environ.update(role_urls(name))
        yield
        close_drawing()
        for alias in connections:
            connections[alias].close()


@pytest.fixture
def fresh_database(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the province that the test may commit to; Django is connected to it meanwhile."""
    before = connections["default"].settings_dict["NAME"]
    with copy_of(province, f"{database_prefix}_fresh") as name, django_db_blocker.unblock():
        point_connections_at(name)
        yield name
        close_drawing()
        point_connections_at(before)


@pytest.fixture(scope="module")
def server(province: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server on a copy of the province, shared by the tests of one module."""
    folder = tmp_path_factory.mktemp("server")
    with copy_of(province, f"{database_prefix}_server") as name, running_server(name, folder) as running:
        yield running


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data; tests that read it are skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not here")
    return SHARED_DATA


@pytest.fixture
def password() -> str:
    """The demo accounts' password in tests."""
    return PASSWORD


@pytest.fixture
def viewer(db: None) -> Any:
    """`viewer("land.halong")`: a demo account as a viewer."""

    def of(username: str) -> Viewer:
        return viewer_of(User.objects.get(username=username))

    return of
