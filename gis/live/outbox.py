"""Announce a change in the transaction that makes it; read the announced changes in one safe order.

Rows of concurrent transactions become visible in another order than their ids were drawn, so that a reader
who remembers an id loses events. Here an event's place in the feed, its `number`, is given *after* the
commit: whoever reads first numbers what it finds, under a lock that only readers take. Numbers therefore
become visible in their own order and without gaps, a cursor is one number, no writer ever waits, and a long
transaction, whether it publishes or not, holds up nobody's events but its own.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, transaction
from django.db.models import Max, Min

from gis.live import topics
from gis.live.models import Event
from gis.live.topics import News

CHANNEL = "halong_live"
"""Of NOTIFY: a wake-up without content; the outbox says what happened."""
PAGE = 1000
"""Events numbered and read at once."""

NUMBER_SQL = f"""
UPDATE live_event AS event SET number = newest.number + waiting.place
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place
      FROM live_event WHERE number IS NULL ORDER BY id LIMIT {PAGE}) AS waiting,
     (SELECT coalesce(max(number), 0) AS number FROM live_event) AS newest
WHERE event.id = waiting.id
"""


class Span(NamedTuple):
    """Numbers of the oldest and the newest event that are kept. An outbox that never held any: (1, 0)."""

    oldest: int
    newest: int


def publish(topic: str, kind: str, key: str, payload: dict[str, Any], using: str = "default") -> None:
    """Write the event into the outbox; listeners are woken when the transaction commits.

    *payload* tells everything about the new state, private parts included: `Topic.shown` decides who sees
    what. Raises `TransactionManagementError` outside a transaction, for an event without its change would be
    a lie, and ValueError for a topic that no `live.py` declares.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is published in its change's transaction.")
    if topics.find(topic) is None:
        raise ValueError(f"No live.py declares the topic {topic}.")
    text = json.dumps(payload, cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO live_event (topic, kind, key, payload) VALUES (%s, %s, %s, %s); NOTIFY {CHANNEL}",
            [topic, kind, key, text],
        )


def number_events() -> None:
    """Give committed events their places in the feed, oldest id first, at most `PAGE` of them.

    Two processes that meet here wait for each other; writers do not take the lock.
    """
    if not Event.objects.filter(number__isnull=True).exists():
        return
    with transaction.atomic(), connections["default"].cursor() as cursor:
        # A statement of its own: the next one must see what the previous holder of the lock committed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('live_event.number'))")
        cursor.execute(NUMBER_SQL)


def read(after: int, upto: int | None = None, only: Iterable[str] | None = None, limit: int = PAGE) -> list[News]:
    """The events with *after* < number ≤ *upto* (of the topics *only*), in order, at most *limit*."""
    found = Event.objects.filter(number__gt=after)
    if upto is not None:
        found = found.filter(number__lte=upto)
    if only is not None:
        found = found.filter(topic__in=only)
    return [News(*row) for row in found.order_by("number").values_list(*News._fields)[:limit]]


def span() -> Span:
    """What the outbox still holds."""
    bounds = Event.objects.aggregate(oldest=Min("number"), newest=Max("number"))
    return Span(bounds["oldest"] or 1, bounds["newest"] or 0)


def prune(before: datetime) -> int:
    """Forget events announced before *before*; returns how many. The newest stays: it holds the count."""
    while Event.objects.filter(number__isnull=True, at__lt=before).exists():
        number_events()
    deleted, _by_model = Event.objects.filter(at__lt=before, number__lt=span().newest).delete()
    return deleted
