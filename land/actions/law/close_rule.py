"""Close a rule: from a day on it no longer holds."""

from datetime import date

from django.utils.translation import gettext as _

from gis.access.roles import LAWYER
from gis.actions.base import Change, action
from gis.problems import Conflict, Invalid, NotFound
from land.models import LandRule


@action("land.close_rule")
def close_rule(change: Change, number: int, *, effective_to: date, reason: str) -> LandRule:
    """*effective_to*: the first day without it; *reason* names the document that ends it.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Conflict` where it is closed already, `Invalid`.
    """
    change.actor.require({LAWYER}, None)
    rule = LandRule.objects.select_for_update().filter(pk=number).first()
    if rule is None:
        raise NotFound(_("There is no rule with this number."), field="number")
    if rule.effective_to is not None:
        raise Conflict(_("This rule is closed already."), field="effective_to", expected=rule.effective_to.isoformat())
    if effective_to < rule.effective_from:
        raise Invalid(
            _("A rule ends on the day it begins or later."), field="effective_to", expected=f"≥ {rule.effective_from}"
        )
    if not reason.strip():
        raise Invalid(_("Every change rests on a document."), field="reason", expected=_("its number and date"))
    rule.effective_to = effective_to
    rule.save(update_fields=["effective_to"])
    change.record(f"land_rule:{rule.pk}", {"effective_to": [None, effective_to]}, reason=reason.strip())
    change.publish("land_rules", "changed", str(rule.pk), {"id": rule.pk})
    return rule
