"""What everybody does to his own account: password, second factor, sessions."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gis.access import second_factor
from gis.access.models import User
from gis.access.second_factor import Answer
from gis.access.sessions import end_sessions
from gis.access.viewer import Viewer
from gis.actions.accounts.keeping import locked_self, rights_changed, target
from gis.actions.base import Change, action
from gis.problems import Invalid


def as_owner(user: Any) -> Viewer:
    """The viewer as which an account looks after itself, also before it has any rights: half-way through signing in."""
    return Viewer(user.pk, user.get_username())


@action("access.change_password")
def change_password(change: Change, password: str, *, keep_session: str | None = None, way: str = "own") -> User:
    """Set the actor's password by the rules; ends his other sessions. *way*: how he proved who he is.

    Raises `SignInNeeded`, `Invalid`.
    """
    user = locked_self(change.actor)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="new_password1") from error
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    change.record(target(user), {"password": [None, way], "sessions": [end_sessions(user, keep=keep_session), 0]})
    rights_changed(change, user)
    return user


@action("access.enrol_second_factor")
def confirm_second_factor(change: Change, code: str) -> tuple[Answer, list[str]]:
    """Confirm the authenticator that waits by its first *code*; returns the recovery codes where it was right.

    Raises `SignInNeeded`.
    """
    user = locked_self(change.actor)
    answer = second_factor.check(user, code, confirmed=False)
    if answer is not Answer.RIGHT:
        return answer, []
    second_factor.confirm(user)
    change.record(target(user), {"second_factor": [False, True]})
    return answer, second_factor.renew_recovery_codes(user)


@action("access.renew_recovery_codes")
def renew_recovery_codes(change: Change) -> list[str]:
    """Raises `SignInNeeded`."""
    user = locked_self(change.actor)
    codes = second_factor.renew_recovery_codes(user)
    change.record(target(user), {"recovery_codes": [None, len(codes)]})
    return codes


@action("access.disable_second_factor")
def disable_second_factor(change: Change) -> User:
    """The caller has asked for password and code. Raises `SignInNeeded`."""
    user = locked_self(change.actor)
    if second_factor.remove(user):
        change.record(target(user), {"second_factor": [True, False]})
    return user


@action("access.end_sessions")
def end_own_sessions(change: Change, *, keep_session: str | None = None) -> int:
    """Sign the actor out everywhere but in *keep_session*; returns of how many. Raises `SignInNeeded`."""
    user = locked_self(change.actor)
    ended = end_sessions(user, keep=keep_session)
    if ended:
        change.record(target(user), {"sessions": [ended, 0]})
        rights_changed(change, user)
    return ended
