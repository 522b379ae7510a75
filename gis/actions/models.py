"""The history of actions: who changed what, when, from which document. Rows are only ever added."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from gis.access.models import User


class Record(models.Model):
    """One action as it was done, written in its transaction. The database refuses to change or remove a row."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """None: a command of the service itself."""
    actor_name = models.CharField(max_length=150)
    """The account's name then, or the command's."""
    action = models.CharField(max_length=60)
    """`domain.verb`, as in `land.correct_attributes`."""
    target = models.CharField(max_length=60)
    """`kind:key` of what was changed, as in `parcel:100234567891`."""
    commune = models.CharField(max_length=5, blank=True)
    """Code of the commune it happened in; empty where there is none."""
    changes = models.JSONField()
    """{field: [before, after]}."""
    reason = models.TextField(blank=True)
    """The source document, or the officer's words."""

    class Meta:
        indexes = [
            models.Index(fields=["target", "-at"], name="record_by_target"),
            BrinIndex(fields=["at"], name="record_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target} ({self.actor_name})"


class _Deed(models.Model):
    """A row of an audited table that was written: who, when, by what, and the row before and after."""

    class Verb(models.TextChoices):
        INSERT = "insert"
        UPDATE = "update"
        DELETE = "delete"
        LOAD = "load"
        """Many rows at once, in the loader's role: `after` holds their number, ids and digest."""
        TRUNCATE = "truncate"

    at = models.DateTimeField()
    """When its transaction began."""
    actor_id = models.BigIntegerField(null=True)
    """The account, where an action wrote; no foreign key, for an entry outlives everything."""
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60, blank=True)
    """As in `land.carry_out`; empty: SQL."""
    role = models.CharField(max_length=63)
    """The database's role that connected."""
    address = models.CharField(max_length=45, blank=True)
    """The client's network address; of SQL without an action the connection's, empty for a local one."""
    record_table = models.CharField(max_length=63)
    record = models.CharField(max_length=63, blank=True)
    """The row's key; of a load `first-last`."""
    verb = models.CharField(max_length=8, choices=Verb.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    commune = models.CharField(max_length=5, blank=True)
    sheet = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


class AuditPending(_Deed):
    """Entries of a transaction that is under way; none stays when it ends."""


class AuditEntry(_Deed):
    """A link of a chain: of the sheet of a commune (0: of none) and a day. Written by triggers alone."""

    sheet = models.PositiveIntegerField()
    day = models.DateField()
    """The day in the province on which it was chained."""
    place = models.PositiveIntegerField()
    """Counted from 1 in its chain."""
    previous = models.BinaryField()
    """The hash of the entry before; empty for the first."""
    hash = models.BinaryField()
    """SHA-256 of `previous` and of what the entry says."""

    class Meta:
        indexes = [models.Index(fields=["record_table", "record", "id"], name="audit_by_record")]
        constraints = [
            models.UniqueConstraint(fields=["day", "commune", "sheet", "place"], name="one_audit_entry_at_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.commune}/{self.sheet} {self.day} {self.place}: {self.verb} {self.record_table} {self.record}"


class AuditChain(models.Model):
    """The end of a chain, locked while an entry is added."""

    commune = models.CharField(max_length=5, blank=True)
    sheet = models.PositiveIntegerField()
    day = models.DateField()
    length = models.PositiveIntegerField()
    head = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "commune", "sheet"], name="one_audit_chain_of_a_sheet")]

    def __str__(self) -> str:
        return f"{self.commune}/{self.sheet} {self.day} ({self.length})"


class AuditAnchor(models.Model):
    """One row for each day over the heads of its chains, chained to the day before."""

    day = models.DateField(unique=True)
    chains = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    heads = models.BinaryField()
    """SHA-256 of a line for each chain: commune/sheet, length, hash of its end."""
    previous = models.BinaryField()
    hash = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {self.chains} {self.entries} {bytes(self.hash).hex()}"
