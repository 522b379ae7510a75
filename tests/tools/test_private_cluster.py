"""The private cluster: made once, entered by its roles alone, gone without a trace."""

from pathlib import Path

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from tools import postgis
from tools.postgis import Cluster
from tools.provision import psql, read_env


@pytest.fixture
def env(cluster: Cluster, env_file: Path) -> dict[str, str]:
    provision(cluster, env_file)
    return read_env(env_file)


def provision(cluster: Cluster, env_file: Path) -> None:
    postgis.provision.provision(cluster.server, env_file)


def answer(url: str, statement: str) -> object:
    """The first value of *statement*; as Django would connect, through psycopg2."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def test_it_listens_on_its_socket_alone(cluster: Cluster) -> None:
    assert psql(cluster.server.admin_url, "SHOW listen_addresses") == ""
    assert psql(cluster.server.admin_url, "SHOW unix_socket_directories") == str(cluster.sockets)


def test_a_second_start_finds_it_running(cluster: Cluster) -> None:
    assert cluster.start() is False
    assert cluster.is_running


def test_data_survives_a_stop(cluster: Cluster, env: dict[str, str]) -> None:
    answer(env["DATABASE_OWNER_URL"], "CREATE TABLE kept AS SELECT 42 AS value")
    cluster.stop()
    assert not cluster.is_running
    assert not cluster.sockets.exists()
    assert cluster.start() is True
    assert answer(env["DATABASE_OWNER_URL"], "SELECT value FROM kept") == 42
    answer(env["DATABASE_OWNER_URL"], "DROP TABLE kept")


def test_a_stop_does_not_wait_for_who_is_connected(cluster: Cluster, env: dict[str, str]) -> None:
    connection = psycopg2.connect(env["DATABASE_URL"])
    try:
        cluster.stop()
        assert not cluster.is_running
    finally:
        connection.close()
        cluster.start()


def test_every_role_signs_in_with_its_password_and_without_it_nobody_does(env: dict[str, str]) -> None:
    for name, role in (
        ("DATABASE_URL", "halong_app"),
        ("DATABASE_OWNER_URL", "halong_owner"),
        ("DATABASE_LOADER_URL", "halong_loader"),
        ("DATABASE_RENDER_URL", "halong_render"),
    ):
        assert answer(env[name], "SELECT current_user::text") == role
        with pytest.raises(psycopg2.OperationalError, match="password"):
            answer(env[name].replace(f"{role}:", f"{role}:not"), "SELECT 1")


def test_the_render_role_only_reads_and_not_for_long(env: dict[str, str]) -> None:
    url = env["DATABASE_RENDER_URL"]
    assert answer(url, "SHOW statement_timeout") == "15s"
    with pytest.raises(ReadOnlySqlTransaction):
        answer(url, "CREATE TEMPORARY TABLE mine (id integer)")


def test_only_the_owner_makes_tables(env: dict[str, str]) -> None:
    for name in ("DATABASE_URL", "DATABASE_LOADER_URL"):
        with pytest.raises(InsufficientPrivilege):
            answer(env[name], "CREATE TABLE public.mine (id integer)")


def test_the_owner_copies_the_template_and_has_postgis_there(env: dict[str, str]) -> None:
    owner = env["DATABASE_OWNER_URL"]
    answer(owner, "CREATE DATABASE a_copy TEMPLATE halong_template")
    try:
        copy = owner.replace("/halong?", "/a_copy?")
        assert answer(copy, "SELECT ST_AsText(ST_Transform(ST_Point(0, 0, 4326), 3857))") == "POINT(0 0)"
    finally:
        answer(owner, "DROP DATABASE a_copy")


def test_provisioning_again_keeps_passwords_keys_and_what_a_person_added(
    cluster: Cluster, env: dict[str, str], env_file: Path
) -> None:
    with env_file.open("a") as file:
        file.write("MAP_WORKERS=3\n")
    provision(cluster, env_file)
    assert read_env(env_file) == {**env, "MAP_WORKERS": "3"}
    assert answer(env["DATABASE_URL"], "SELECT 1") == 1


def test_nobody_else_reads_the_file_of_connections_and_keys(env: dict[str, str], env_file: Path) -> None:
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert len(env["SECRET_KEY"]) >= 50
    assert len(env["DEMO_PASSWORD"]) >= 10


def test_a_cluster_that_was_half_made_is_made_anew(tmp_path: Path, cluster: Cluster) -> None:
    other = Cluster.of(tmp_path)
    try:
        half = other.home / "data.new"
        half.mkdir(parents=True)
        (half / "left over").touch()
        assert other.start() is True
    finally:
        other.remove()
    assert not other.home.exists()
    assert not other.sockets.exists()
    assert cluster.is_running
