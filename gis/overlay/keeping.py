"""Rules of overlaps: entered, and closed by a day. For lawyers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis.access.roles import LAWYER
from gis.actions.base import Change, action
from gis.layers import registry
from gis.overlay.models import OverlapRule
from gis.problems import Conflict, Invalid, NotFound

OPEN = ("layer", "against", "kind", "severity", "document", "article", "note", "effective_from")


@action("overlay.enter_rule")
def enter_overlap_rule(change: Change, values: Mapping[str, Any]) -> OverlapRule:
    """A new row with *values* by field. Raises `SignInNeeded`, `Forbidden`, `Invalid` with the field."""
    change.actor.require({LAWYER}, None)
    unknown = sorted(set(values) - set(OPEN))
    if unknown:
        raise Invalid(_("Nothing of this name is expected here."), field=unknown[0], expected=", ".join(OPEN))
    rule = OverlapRule(**values)
    known = [layer.name for layer in registry.declared().values() if layer.overlay is not None]
    for field in ("layer", "against"):
        name = getattr(rule, field)
        if name not in known and not (field == "layer" and not name):
            raise Invalid(_("Areas of this layer are not compared."), field=field, expected=", ".join(known))
    rule.full_clean()
    rule.save()
    told = {name: [None, getattr(rule, name)] for name in OPEN if getattr(rule, name)}
    change.record(f"overlap_rule:{rule.pk}", told, reason=rule.citation)
    return rule


@action("overlay.close_rule")
def close_overlap_rule(change: Change, number: int, *, effective_to: date, reason: str) -> OverlapRule:
    """*effective_to*: the first day without it; *reason* names the document that ends it.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Conflict` where it is closed already, `Invalid`.
    """
    change.actor.require({LAWYER}, None)
    rule = OverlapRule.objects.select_for_update().filter(pk=number).first()
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
    change.record(f"overlap_rule:{rule.pk}", {"effective_to": [None, effective_to]}, reason=reason.strip())
    return rule
