"""A server that the user names in `DATABASE_URL`: used as it is, nothing of others on it touched."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tools import postgis
from tools.postgis import Cluster
from tools.provision import Server, provision, psql, read_env
from tools.steps import Failed


def url(cluster: Cluster, role: str, database: str) -> str:
    return f"postgresql://{role}:{quote('pass@word', safe='')}@/{database}?host={cluster.sockets}"


@pytest.fixture(scope="module", autouse=True)
def people(cluster: Cluster) -> None:
    """On that server: an administrator, and a role that may do nothing."""
    psql(
        cluster.server.admin_url,
        "CREATE ROLE boss LOGIN SUPERUSER PASSWORD 'pass@word';CREATE ROLE guest LOGIN PASSWORD 'pass@word';",
    )


def test_the_database_it_names_is_made_and_every_role_enters_it(cluster: Cluster, env_file: Path) -> None:
    given = url(cluster, "boss", "quang_ninh")
    provision(Server.of_url(given), env_file)
    env = read_env(env_file)
    assert env["DATABASE_ADMIN_URL"] == given
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_LOADER_URL", "DATABASE_RENDER_URL"):
        assert psql(env[name], "SELECT current_database()") == "quang_ninh"


def test_a_url_that_only_reaches_the_server_gets_a_database_of_its_own(cluster: Cluster) -> None:
    assert Server.of_url(url(cluster, "boss", "postgres")).database == "halong"


def test_a_database_of_somebody_else_stays_open_to_them(cluster: Cluster, tmp_path: Path) -> None:
    psql(cluster.server.admin_url, "CREATE DATABASE theirs OWNER guest")
    provision(Server.of_url(url(cluster, "boss", "theirs")), tmp_path / "halong.env")
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert psql(url(cluster, "guest", "theirs"), owner) == "guest"


def test_what_the_role_may_not_make_is_given_as_sql_for_an_administrator(cluster: Cluster, tmp_path: Path) -> None:
    server = Server.of_url(url(cluster, "guest", "asked"))
    env_file = tmp_path / "halong.env"
    with pytest.raises(Failed, match="administrator") as refusal:
        provision(server, env_file)
    assert "CREATE EXTENSION IF NOT EXISTS postgis" in str(refusal.value)
    password = read_env(env_file)["DATABASE_URL"].split(":")[2].split("@")[0]
    assert password not in str(refusal.value)

    psql(url(cluster, "boss", "postgres"), (tmp_path / "provision.sql").read_text())
    provision(server, env_file)
    assert psql(read_env(env_file)["DATABASE_URL"], "SELECT current_database()") == "asked"


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    server = Server.of_url(f"postgresql://boss:secret@/halong?host={tmp_path}")
    with pytest.raises(Failed, match="does not let us in") as refusal:
        provision(server, tmp_path / "halong.env")
    assert "secret" not in str(refusal.value)


def test_a_url_of_another_kind_of_database_is_refused() -> None:
    with pytest.raises(Failed, match="postgresql://"):
        Server.of_url("sqlite:///halong.db")


def test_the_connection_we_wrote_ourselves_is_not_taken_for_a_foreign_server(
    env_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.env"
    own.write_text("DATABASE_URL=postgresql://halong_app:x@/halong?host=/run/halong-1\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://halong_app:x@/halong?host=/run/halong-1")
    assert postgis.given_url(own) is None
    monkeypatch.setenv("DATABASE_URL", "postgresql://boss@elsewhere/halong")
    assert postgis.given_url(own) == "postgresql://boss@elsewhere/halong"
