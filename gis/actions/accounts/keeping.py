"""What all verbs on accounts share: who may, which account, and that one administrator always remains."""

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.models import Grant, User
from gis.access.roles import ADMIN
from gis.access.viewer import SERVICE, Viewer
from gis.actions.base import Change
from gis.live.topics import Accounts
from gis.problems import Forbidden, NotFound, RuleRefused, SignInNeeded

KEEPERS = frozenset({ADMIN})
LAST_ADMIN = "one_administrator_remains"


def require_keeper(actor: Viewer) -> None:
    """Raise `SignInNeeded` or `Forbidden` unless *actor* keeps accounts, or is the service itself."""
    if actor != SERVICE:
        actor.require(KEEPERS, None)


def locked(username: str) -> User:
    """The account, locked until the transaction ends. Raises `NotFound`."""
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise NotFound(_("There is no account with this name."), field="username")
    return user


def locked_self(actor: Viewer) -> User:
    """The actor's own account, locked. Raises `SignInNeeded`."""
    if actor.user_id is None:
        raise SignInNeeded
    return User.objects.select_for_update().get(pk=actor.user_id)


def require_another(actor: Viewer, user: User) -> None:
    """Raise `Forbidden` where *actor* would do to himself what another administrator should look at."""
    if actor.user_id == user.pk:
        raise Forbidden(_("Nobody does this to his own account."))


def target(user: User) -> str:
    """Of history records about *user*."""
    return f"user:{user.pk}"


def rights_changed(change: Change, user: User) -> None:
    """End the account's live streams as soon as the change is made; they begin anew with the rights it has then."""
    change.publish(Accounts.name, "rights", str(user.pk), {})


def lasting_administrators() -> set[int]:
    """Ids of active accounts that administer the province today and without an end.

    Whoever asks waits for others that are about to take such a right away.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('access.administrators'))")
    grants = Grant.objects.in_force(timezone.localdate()).filter(role=ADMIN, commune=None, user__is_active=True)
    return set(grants.filter(Q(valid_to__isnull=True)).values_list("user_id", flat=True))


def require_administrator_left(before: set[int]) -> None:
    """Raise `RuleRefused` where the change took the last of *before* (`lasting_administrators`) away."""
    if before and not lasting_administrators():
        raise RuleRefused(
            _("This is the last administrator without an end: give the role to another account first."),
            rule=LAST_ADMIN,
        )
