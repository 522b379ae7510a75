"""Announce a change in the transaction that makes it."""

import json
from typing import Any

from django.db import connections, transaction

CHANNEL = "halong_live"
"""Of NOTIFY: a wake-up without content; the outbox says what happened."""


def publish(topic: str, kind: str, key: str, payload: dict[str, Any], *, using: str = "default") -> None:
    """Write the event into the outbox; listeners are woken when the transaction commits.

    *payload* is plain JSON. Raises `TransactionManagementError` outside a transaction: an event without its
    change would be a lie.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An event is published in the transaction of its change.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_event (topic, kind, key, payload) VALUES (%s, %s, %s, %s)",
            [topic, kind, key, json.dumps(payload, ensure_ascii=False)],
        )
        cursor.execute(f"NOTIFY {CHANNEL}")
