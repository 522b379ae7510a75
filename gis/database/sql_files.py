"""Applies the functions, views and guards that live in the `sql/` folder of each app.

The files are idempotent and numbered; they are the only place where such SQL is edited, and they are
applied again after every migrate. Tables, constraints and indexes are in migrations.
"""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import connections, transaction


def sql_files() -> Iterator[Path]:
    """Every app's `sql/*.sql`, shared rooms before domains, by name within an app."""
    configs = sorted(apps.get_app_configs(), key=lambda config: (not config.name.startswith("gis."), config.name))
    for config in configs:
        if config.name != "gis.database":
            yield from sorted(Path(config.path, "sql").glob("*.sql"))


def shared_files() -> Iterator[Path]:
    """This room's own files: helpers that the others call."""
    yield from sorted(Path(__file__).with_name("sql").glob("*.sql"))


def apply_sql_files(alias: str = "owner") -> list[str]:
    """Apply all of them in one transaction; returns `app/file.sql` of each."""
    applied = []
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for path in [*shared_files(), *sql_files()]:
            cursor.execute(path.read_text(encoding="utf-8"))
            applied.append(f"{path.parent.parent.name}/{path.name}")
    return applied
