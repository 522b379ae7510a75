"""The outbox: every announced change, written in the transaction that made it."""

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now


class TransactionField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: the number of the transaction that wrote a row."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    output_field = TransactionField()


class Event(models.Model):
    """One announced change. *key* names what changed within its topic, *payload* how it is now."""

    topic = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    at = models.DateTimeField(db_default=Now(), db_index=True)
    transaction = TransactionField(db_default=CurrentTransaction(), editable=False)

    def __str__(self) -> str:
        return f"{self.pk} {self.topic}/{self.kind} {self.key}"
