"""Make an account; who holds it sets the password through a one-time link."""

import unicodedata

from django.utils.translation import gettext as _

from gis.access.invitations import Invitation, invite
from gis.access.models import User
from gis.actions.accounts.keeping import require_keeper, target
from gis.actions.base import Change, action
from gis.problems import Conflict


@action("access.create_account")
def create_account(
    change: Change, username: str, *, first_name: str = "", last_name: str = "", email: str = ""
) -> Invitation:
    """Make the account *username*, without any role, and the link by which its password is set.

    Raises `SignInNeeded`, `Forbidden`, `Invalid`, `Conflict`.
    """
    require_keeper(change.actor)
    names = [unicodedata.normalize("NFC", name.strip()) for name in (first_name, last_name)]
    user = User(username=User.normalize_username(username.strip()), email=email.strip())
    user.first_name, user.last_name = names
    user.set_unusable_password()
    if User.objects.filter(username__iexact=user.username).exists():
        raise Conflict(_("There is an account with this name already."), field="username")
    user.full_clean()
    user.save()
    change.record(target(user), {"username": [None, user.username], "email": [None, user.email]})
    return invite(user)
