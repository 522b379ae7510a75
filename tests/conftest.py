"""What every test may ask for: the demo province in a database, the cast, a real server.

The province is loaded once and kept as a template that nobody connects to; `db` works on one copy of it and
rolls back, `server` and `fresh_database` get copies of their own, so that nothing a test commits reaches another.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from support.databases import copy_of, create_database, drop_database, role_urls  # noqa: E402
from support.server import Server, running_server  # noqa: E402

settings.DEMO_PASSWORD = PASSWORD  # pytest-django has read the settings before this file
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PARCELS = 3000


@pytest.fixture(scope="session")
def database_prefix() -> str:
    """What the names of this run's databases begin with."""
    return f"test_halong_{os.getpid()}"


def point_connections_at(database: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


@pytest.fixture(scope="session")
def province(database_prefix: str, django_db_blocker: Any) -> Iterator[str]:
    """Name of a database with the demo province; a template, never connected to once it stands."""
    name = f"{database_prefix}_province"
    create_database(name)
    with django_db_blocker.unblock():
        point_connections_at(name)
        call_command("migrate", verbosity=0)
        call_command("load_province", parcels=PARCELS, verbosity=0)
        point_connections_at(name)
    yield name
    drop_database(name)


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
