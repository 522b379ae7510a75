"""Open a deactivated account again."""

from gis.access.invitations import Invitation, invite
from gis.actions.accounts.keeping import locked, require_keeper, target
from gis.actions.base import Change, action


@action("access.reactivate_account")
def reactivate_account(change: Change, username: str, *, reason: str = "") -> Invitation:
    """Let the account be used again, with the grants that still hold and a new password by the link returned.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`.
    """
    require_keeper(change.actor)
    user = locked(username)
    if not user.is_active:
        user.is_active = True
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        change.record(target(user), {"is_active": [False, True]}, reason=reason)
    return invite(user)
