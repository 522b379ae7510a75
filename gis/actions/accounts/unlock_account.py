"""Forget failed sign-ins, so that a locked account can be used again at once."""

from axes.models import AccessAttempt

from gis.actions.accounts.keeping import locked, require_keeper, target
from gis.actions.base import Change, action


@action("access.unlock_account")
def unlock_account(change: Change, username: str, *, reason: str = "") -> int:
    """Returns how many failures were forgotten. Raises `SignInNeeded`, `Forbidden`, `NotFound`."""
    require_keeper(change.actor)
    user = locked(username)
    attempts = AccessAttempt.objects.select_for_update().filter(username=user.username)
    failures: int = sum(attempts.values_list("failures_since_start", flat=True))
    attempts.delete()
    change.record(target(user), {"failures": [failures, 0]}, reason=reason)
    return failures
