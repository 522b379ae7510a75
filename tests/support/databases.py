"""Databases of the tests: one province, made once, and copies of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db import connections
from psycopg2 import sql

from gis.environment import ROLE_URLS, load_environment

TEMPLATE = "halong_template"
"""An empty database with the extensions, which the owner may copy."""


def role_urls(database: str) -> dict[str, str]:
    """The connection of each role (by the name of its variable) to *database*."""
    env = load_environment()
    fallback = env.get("DATABASE_URL", "postgresql:///halong")
    return {name: with_database(env.get(name, fallback), database) for name in ROLE_URLS.values()}


def with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def owner_sql(statement: sql.Composable | str, database: str = TEMPLATE) -> None:
    """Run one statement as the owner, outside a transaction."""
    connection = psycopg2.connect(role_urls(database)["DATABASE_OWNER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def create_database(name: str, template: str = TEMPLATE) -> None:
    drop_database(name)
    owner_sql(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)),
        "postgres",
    )


def drop_database(name: str) -> None:
    """Drop *name* when its last sessions have ended: PostgreSQL waits for five seconds each time, and the owner may not
    end sessions of other roles."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    for patience in range(6, -1, -1):
        try:
            owner_sql(drop, "postgres")
            return
        except psycopg2.errors.ObjectInUse:
            if not patience:
                raise


def point_connections_at(database: str) -> None:
    """Let Django's connections be to *database* from now on."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = database


@contextmanager
def copy_of(template: str, name: str) -> Iterator[str]:
    """A copy of *template* for as long as the block runs."""
    create_database(name, template)
    try:
        yield name
    finally:
        drop_database(name)
