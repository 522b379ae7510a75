"""A cluster of a checkout that is nobody's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import postgis
from tools.postgis import Cluster


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder that stands for a checkout."""
    return tmp_path_factory.mktemp("checkout")


@pytest.fixture(scope="module")
def cluster(checkout: Path) -> Iterator[Cluster]:
    """The private cluster of that checkout, running; nothing is left of it afterwards."""
    if not postgis.installed_versions():
        pytest.skip("no PostgreSQL server with PostGIS is installed here (the tests run on another one)")
    cluster = Cluster.of(checkout)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def env_file(checkout: Path) -> Path:
    return checkout / "halong.env"
