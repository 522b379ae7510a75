"""Correct whose account it is: name and e-mail address."""

import unicodedata

from gis.access.models import User
from gis.actions.accounts.keeping import locked, require_keeper, target
from gis.actions.base import Change, action


@action("access.correct_account")
def correct_account(change: Change, username: str, *, first_name: str, last_name: str, email: str) -> User:
    """Write the names and the address that are given. Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`."""
    require_keeper(change.actor)
    user = locked(username)
    given = {"first_name": first_name, "last_name": last_name, "email": email}
    wanted = {field: unicodedata.normalize("NFC", value.strip()) for field, value in given.items()}
    changes = {field: [getattr(user, field), value] for field, value in wanted.items() if getattr(user, field) != value}
    for field, value in wanted.items():
        setattr(user, field, value)
    if changes:
        user.full_clean(exclude=["password"])
        user.save(update_fields=list(changes))
        change.record(target(user), changes)
    return user
