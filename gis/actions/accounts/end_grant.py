"""Take a role away, today or on a later day."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.models import Grant, User
from gis.actions.accounts.keeping import (
    lasting_administrators,
    require_administrator_left,
    require_keeper,
    rights_changed,
    target,
)
from gis.actions.base import Change, action
from gis.problems import Conflict, Invalid, NotFound


@action("access.end_grant")
def end_grant(change: Change, grant_id: int, *, last_day: date | None = None, reason: str = "") -> User:
    """Let the grant hold up to and with *last_day*; without one it ends at once. Returns whose it was.

    One that would never have held a day is removed; the history keeps it. Raises `SignInNeeded`, `Forbidden`,
    `NotFound`, `Invalid`, `Conflict` for one that has ended, `RuleRefused` for the last administrator.
    """
    require_keeper(change.actor)
    administrators = lasting_administrators()
    grant = Grant.objects.select_for_update(of=("self",)).select_related("user").filter(pk=grant_id).first()
    if grant is None:
        raise NotFound(_("There is no such grant."))
    today = timezone.localdate()
    if grant.valid_to is not None and grant.valid_to <= today:
        raise Conflict(_("This grant has ended already."))
    if last_day is not None and last_day < today:
        raise Invalid(_("What was done under a grant was allowed: it ends today or later."), field="last_day")
    ends = last_day + timedelta(days=1) if last_day else today
    before = {"role": grant.role, "commune": grant.commune_id, "from": grant.valid_from, "to": grant.valid_to}
    if ends <= grant.valid_from:
        grant.delete()
        after = None
    else:
        grant.valid_to = ends
        grant.save(update_fields=["valid_to"])
        after = {**before, "to": ends}
    require_administrator_left(administrators)
    change.record(target(grant.user), {"grant": [before, after]}, commune=grant.commune_id, reason=reason)
    rights_changed(change, grant.user)
    return grant.user
