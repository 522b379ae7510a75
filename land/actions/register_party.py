"""Enter a person, household or organisation, so that it can hold rights."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis.actions.base import Change, action
from gis.problems import Invalid
from land.codes import WRITERS
from land.models import Party
from land.rights import identities


@action("land.register_party")
def register_party(change: Change, *, commune: str, kind: str, name: str, identity: Any = None) -> Party:
    """A new party, entered by the land office of *commune*, with an identity number if one is given.

    Raises `SignInNeeded`, `Forbidden`, `Invalid`.
    """
    change.actor.require(WRITERS, commune)
    if kind not in Party.Kind.values:
        raise Invalid(_("This is none of the kinds."), field="kind", expected=", ".join(Party.Kind.values))
    named = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 0 < len(named) <= 200 or "\0" in named:
        raise Invalid(_("This is no name."), field="name", expected=_("1 to %d characters") % 200)
    number = _number(identity) if identity is not None else None
    party = Party.objects.create(kind=kind, name=named, commune_id=commune)
    changes: dict[str, list[Any]] = {"kind": [None, kind]}
    if number is not None:
        identities.store(party, *number)
        changes["identity"] = [None, number[0]]
    change.record(f"party:{party.pk}", changes, commune=commune)
    return party


def _number(identity: Any) -> tuple[str, str]:
    if not isinstance(identity, Mapping):
        raise Invalid(_("This is no object."), field="identity", expected=_("a JSON object"))
    return identities.read_number(identity.get("kind"), identity.get("number"))
