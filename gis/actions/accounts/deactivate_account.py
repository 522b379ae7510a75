"""Close an account; it stays in the history, and nothing is signed in as it any more."""

from typing import Any

from gis.access.models import User
from gis.access.sessions import end_sessions
from gis.actions.accounts.keeping import (
    lasting_administrators,
    locked,
    require_administrator_left,
    require_another,
    require_keeper,
    rights_changed,
    target,
)
from gis.actions.base import Change, action


@action("access.deactivate_account")
def deactivate_account(change: Change, username: str, *, reason: str = "") -> User:
    """End the account's sessions and live streams, and let nobody sign in as it.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `RuleRefused` for the last administrator.
    """
    require_keeper(change.actor)
    administrators = lasting_administrators()
    user = locked(username)
    if not user.is_active:
        return user
    user.is_active = False
    user.save(update_fields=["is_active"])
    require_administrator_left(administrators)
    require_another(change.actor, user)
    changes: dict[str, list[Any]] = {"is_active": [True, False], "sessions": [end_sessions(user), 0]}
    change.record(target(user), changes, reason=reason)
    rights_changed(change, user)
    return user
