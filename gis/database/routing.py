"""Where models are read and written while the schema is migrated."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MigrationRouter:
    """Sends everything to the connection that migrates.

    A package's migration that forgets to name its connection would else write through the app's, which waits for
    the very transaction that it is a part of, for ever.
    """

    migrating: str | None = None

    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        return self.migrating

    db_for_write = db_for_read


@contextmanager
def all_through(alias: str) -> Iterator[None]:
    """Route every model to *alias* while the block runs."""
    MigrationRouter.migrating = alias
    try:
        yield
    finally:
        MigrationRouter.migrating = None
