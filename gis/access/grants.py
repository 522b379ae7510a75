"""From an account to the viewer it is today."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from gis.access import second_factor
from gis.access.models import Grant
from gis.access.viewer import PROVINCE, Viewer


def viewer_of(user: Any) -> Viewer:
    """The viewer that a Django user is today: grants in force, none for a deactivated account."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Viewer.public()
    grants = Grant.objects.filter(user=user).in_force(timezone.localdate())
    held = frozenset((role, commune or PROVINCE) for role, commune in grants.values_list("role", "commune_id"))
    return Viewer(user.pk, user.get_username(), held)


def viewer_in_session(user: Any, session: SessionBase) -> Viewer:
    """The viewer that a session's user is: the public while his password is another's or his second factor is due."""
    if not getattr(user, "is_authenticated", False):
        return Viewer.public()
    if user.must_change_password or second_factor.missing(user, session):
        return Viewer.public()
    return viewer_of(user)
