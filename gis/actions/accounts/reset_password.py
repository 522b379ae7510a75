"""Take an account's password away; a new one comes by a link, or is told once and has to be changed."""

import secrets

from django.utils.translation import gettext as _

from gis.access.invitations import Invitation, invite
from gis.access.models import User
from gis.access.second_factor import ALPHABET
from gis.access.sessions import end_sessions
from gis.actions.accounts.keeping import locked, require_another, require_keeper, rights_changed, target
from gis.actions.base import Change, action
from gis.problems import Forbidden

LETTERS = 16
"""Of a password that is told: 79 bits."""


@action("access.reset_password")
def reset_password(change: Change, username: str) -> Invitation:
    """End the password and every session of the account; returns the one-time link for a new password.

    Raises `SignInNeeded`, `Forbidden` (his own account, or a deactivated one), `NotFound`.
    """
    user = _resettable(change, username)
    user.set_unusable_password()
    user.must_change_password = False
    _reset(change, user, "link")
    return invite(user)


@action("access.set_temporary_password")
def set_temporary_password(change: Change, username: str) -> str:
    """The same with a password to be told by telephone; the first thing it is good for is to be changed."""
    user = _resettable(change, username)
    password = "".join(secrets.choice(ALPHABET) for _place in range(LETTERS))
    user.set_password(password)
    user.must_change_password = True
    _reset(change, user, "told")
    return password


def _resettable(change: Change, username: str) -> User:
    require_keeper(change.actor)
    user = locked(username)
    require_another(change.actor, user)
    if not user.is_active:
        raise Forbidden(_("The account is deactivated: activate it first."))
    return user


def _reset(change: Change, user: User, way: str) -> None:
    user.save(update_fields=["password", "must_change_password"])
    change.record(target(user), {"password": [None, way], "sessions": [end_sessions(user), 0]})
    rights_changed(change, user)
