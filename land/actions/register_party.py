"""Enter a person, household or organisation, so that it can hold rights."""

import unicodedata

from django.utils.translation import gettext as _

from gis.actions.base import Change, action
from gis.problems import Invalid
from land.codes import WRITERS
from land.models import Party


@action("land.register_party")
def register_party(change: Change, *, commune: str, kind: str, name: str) -> Party:
    """A new party, entered by the land office of *commune*. Raises `SignInNeeded`, `Forbidden`, `Invalid`."""
    change.actor.require(WRITERS, commune)
    if kind not in Party.Kind.values:
        raise Invalid(_("This is none of the kinds."), field="kind", expected=", ".join(Party.Kind.values))
    named = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 0 < len(named) <= 200 or "\0" in named:
        raise Invalid(_("This is no name."), field="name", expected=_("1 to %d characters") % 200)
    party = Party.objects.create(kind=kind, name=named, commune_id=commune)
    change.record(f"party:{party.pk}", {"kind": [None, kind]}, commune=commune)
    return party
