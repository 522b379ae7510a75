"""Enter a rule: from a day on, by a document and its article."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis.access.roles import LAWYER
from gis.actions.base import Change, action
from gis.places.models import Commune
from gis.problems import Invalid
from land.models import LandRule, LandUse
from land.operations.kinds import KINDS

OPEN = frozenset(
    field.name for field in LandRule._meta.concrete_fields if field.name not in ("id", "entered_at", "effective_to")
)


@action("land.enter_rule")
def enter_rule(change: Change, values: Mapping[str, Any]) -> LandRule:
    """A new row with *values* by field. Rows of the demo come with the demo's data, not from people.

    Raises `SignInNeeded`, `Forbidden`, `Invalid` with the field.
    """
    change.actor.require({LAWYER}, None)
    unknown = sorted(set(values) - OPEN)
    if unknown:
        raise Invalid(_("Nothing of this name is expected here."), field=unknown[0], expected=", ".join(sorted(OPEN)))
    rule = LandRule(**values)
    _check(rule)
    rule.full_clean()
    rule.save()
    told = {name: [None, getattr(rule, name)] for name in sorted(OPEN - {"commune"}) if getattr(rule, name)}
    change.record(f"land_rule:{rule.pk}", told, commune=rule.commune_id, reason=rule.citation)
    change.publish("land_rules", "changed", str(rule.pk), {"id": rule.pk})
    return rule


def _check(rule: LandRule) -> None:
    if rule.status == LandRule.Status.DEMO:
        raise Invalid(
            _("Illustrations come with the demo's data alone."), field="status", expected="verified, unverified"
        )
    if rule.status == LandRule.Status.VERIFIED and not rule.source:
        raise Invalid(_("Say where the text was read that it is verified against."), field="source")
    _all_of("land_uses", rule.land_uses, set(LandUse.objects.values_list("code", flat=True)))
    _all_of("commune_kinds", rule.commune_kinds, set(Commune.Kind.values))
    _all_of("operations", rule.operations, set(KINDS))


def _all_of(field: str, given: list[str], known: set[str]) -> None:
    unknown = [one for one in given if one not in known]
    if unknown:
        raise Invalid(_("There is no %s.") % unknown[0], field=field, expected=", ".join(sorted(known)))
