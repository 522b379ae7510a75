"""Rows from a server-side cursor, so that the first leaves before the last is read."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any
from uuid import uuid4

from django.db import connections, transaction


def stream(
    sql: str, params: Sequence[Any] = (), *, using: str = "default", batch: int = 500
) -> Iterator[tuple[Any, ...]]:
    """The rows of one SELECT, *batch* at a time, in a transaction of its own.

    Closing the iterator early (a client that went away) ends the query. Memory stays flat.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        name = f"stream_{uuid4().hex}"
        with closing(connection.create_cursor(name=name)) as cursor:
            cursor.itersize = batch
            cursor.execute(sql, params or None)
            while rows := cursor.fetchmany(batch):
                yield from rows
