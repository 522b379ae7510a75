"""The present state of topics, and the number of the event from which the feed leads on from it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from gis.access.viewer import Viewer
from gis.live import outbox
from gis.live.topics import Topic


def read_snapshot(topics: Iterable[Topic], viewer: Viewer) -> dict[str, Any]:
    """`{"as_of": number, "topics": {name: state}}`, each state as *viewer* sees it.

    Number and states are read from one state of the database. What was committed before it and has its number
    only after it is both in the states and in the feed; told twice, it changes nothing.
    """
    outbox.number_events()
    with one_state_of_the_database():
        as_of = outbox.span().newest
        return {"as_of": as_of, "topics": {topic.name: topic.snapshot(viewer) for topic in topics}}


@contextmanager
def one_state_of_the_database(using: str = "default") -> Iterator[None]:
    """Every query in the block sees what the first one saw."""
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
