"""The one door for changes.

An action is a function `verb(actor, …)` in a domain's `actions/verb.py` under `@action("domain.verb")`.
It checks permission, validates, writes, and calls `change.record(…)` and `change.publish(…)`; all of it is
one transaction, so that no change is without its history and its event, and no event without its change.
Forms, REST, imports, replay and commands call the same function.
"""

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, IntegrityError, connection, transaction

from gis.access.addresses import address_under_way
from gis.access.viewer import Viewer
from gis.actions.guards import problem_from_database, problem_from_validation
from gis.actions.models import Record
from gis.live.outbox import publish

P = ParamSpec("P")
T = TypeVar("T")

_under_way: ContextVar[bool] = ContextVar("action_under_way", default=False)


@dataclass(frozen=True)
class Change:
    """The action under way: who does it, and its two duties towards everybody else."""

    name: str
    actor: Viewer

    def record(
        self, target: str, changes: dict[str, list[Any]], *, commune: str | None = "", reason: str = ""
    ) -> Record:
        """Write the history row. *changes*: {field: [before, after]}; *reason* names the source document."""
        return Record.objects.create(
            actor_id=self.actor.user_id,
            actor_name=self.actor.username or self.name,
            action=self.name,
            target=target,
            commune=commune or "",
            changes=_plain(changes),
            reason=reason,
        )

    def record_all(self, rows: Iterable[tuple[str, dict[str, list[Any]], str]], *, reason: str = "") -> None:
        """Write history rows in bulk: (target, changes, commune or "") each."""
        Record.objects.bulk_create(
            Record(
                actor_id=self.actor.user_id,
                actor_name=self.actor.username or self.name,
                action=self.name,
                target=target[:60],
                commune=commune,
                changes=_plain(changes),
                reason=reason,
            )
            for target, changes, commune in rows
        )

    def publish(self, topic: str, kind: str, key: str, payload: dict[str, Any]) -> None:
        """Announce the change to live maps, caches and reports, when the transaction commits."""
        publish(topic, kind, key, _plain(payload))


def action(name: str) -> Callable[[Callable[Concatenate[Change, P], T]], Callable[Concatenate[Viewer, P], T]]:
    """Make `function(change, …)` the action *name*, called as `function(actor, …)`.

    Raises whatever `Problem` the function raises; a refusal by a guard of the database becomes one too.
    """

    def decorate(function: Callable[Concatenate[Change, P], T]) -> Callable[Concatenate[Viewer, P], T]:
        @functools.wraps(function)
        def perform(actor: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> T:
            try:
                with transaction.atomic(), _told_to_the_audit(name, actor):
                    return function(Change(name, actor), *args, **kwargs)
            except ValidationError as error:
                raise problem_from_validation(error) from error
            except (IntegrityError, DatabaseError) as error:
                raise problem_from_database(error) from error

        return perform

    return decorate


@contextmanager
def _told_to_the_audit(name: str, actor: Viewer) -> Iterator[None]:
    """Let the audit's triggers know in this transaction who writes, by which action; of nested ones the outermost."""
    if _under_way.get():
        yield
        return
    told = {"user": actor.user_id, "name": actor.username, "action": name, "address": address_under_way.get()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('halong.audit', %s, true)", [json.dumps(told)])
    token = _under_way.set(True)
    try:
        yield
    finally:
        _under_way.reset(token)


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """*value* as plain JSON (dates, decimals and UUIDs as text)."""
    plain: dict[str, Any] = json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))
    return plain
