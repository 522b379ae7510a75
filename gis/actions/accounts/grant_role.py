"""Give an account a role in an area and for a time."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from gis.access import roles
from gis.access.models import Grant
from gis.actions.accounts.keeping import locked, require_keeper, rights_changed, target
from gis.actions.base import Change, action
from gis.places.models import Commune
from gis.problems import Invalid


@action("access.grant_role")
def grant_role(
    change: Change,
    username: str,
    *,
    role: str,
    commune: str | None,
    valid_from: date,
    last_day: date | None = None,
    reason: str = "",
) -> Grant:
    """Let *username* hold *role* in *commune* (None: the province) from *valid_from* up to and with *last_day*.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`, and `Conflict` where it is given already.
    """
    require_keeper(change.actor)
    user = locked(username)
    kind = roles.find(role)
    if kind is None:
        known = ", ".join(one.code for one in roles.all_roles())
        raise Invalid(_("There is no such role."), field="role", expected=known)
    if commune and not kind.in_communes:
        raise Invalid(_("This role is held in the whole province."), field="commune", expected=_("no commune"))
    if commune and not Commune.objects.filter(code=commune).exists():
        raise Invalid(_("There is no commune with this code."), field="commune")
    if last_day is not None and last_day < valid_from:
        raise Invalid(_("The last day lies before the first."), field="last_day")
    valid_to = last_day + timedelta(days=1) if last_day else None
    grant = Grant.objects.create(
        user=user, role=role, commune_id=commune or None, valid_from=valid_from, valid_to=valid_to
    )
    held = {"role": role, "commune": commune, "from": valid_from, "last_day": last_day}
    change.record(target(user), {"grant": [None, held]}, commune=commune, reason=reason)
    rights_changed(change, user)
    return grant
