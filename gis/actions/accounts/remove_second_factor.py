"""Take away a second factor whose authenticator is lost, and every session with it."""

from typing import Any

from gis.access import second_factor
from gis.access.models import User
from gis.access.sessions import end_sessions
from gis.actions.accounts.keeping import locked, require_another, require_keeper, rights_changed, target
from gis.actions.base import Change, action


@action("access.remove_second_factor")
def remove_second_factor(change: Change, username: str, *, reason: str = "") -> User:
    """Raises `SignInNeeded`, `Forbidden`, `NotFound`."""
    require_keeper(change.actor)
    user = locked(username)
    require_another(change.actor, user)
    if second_factor.remove(user):
        changes: dict[str, list[Any]] = {"second_factor": [True, False], "sessions": [end_sessions(user), 0]}
        change.record(target(user), changes, reason=reason)
        rights_changed(change, user)
    return user
