"""The three things done with identity numbers: enter one, look one up, read one. Each leaves a row in the history."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.personal import digests
from gis.access.viewer import PROVINCE
from gis.actions.base import Change, action
from gis.actions.models import Record
from gis.problems import Invalid, NotFound, Problem, SignInNeeded
from land.codes import DRAFTERS, READERS, WRITERS
from land.models import IdentityNumber, Party
from land.rights import identities

LOOK_UP, REVEAL = "land.look_up_identity", "land.reveal_identity"
LEAST_PURPOSE = 10
LONG_NUMBER = re.compile(r"(?:[0-9][\s.\-]*){9,}")


class TooOften(Problem):
    """Identity numbers were asked for more often than anybody needs to."""

    status = 429
    code = "too-often"
    title = gettext_lazy("Too many questions in one hour")


@action("land.set_identity")
def set_identity(change: Change, number_of: int, *, kind: Any, number: Any) -> Party:
    """Enter a number of the party *number_of*, by the land office that entered the party.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`.
    """
    party = _party(change, number_of)
    change.actor.require(WRITERS, party.commune_id)
    kind, plain = identities.read_number(kind, number)
    identities.store(party, kind, plain)
    change.record(f"party:{party.pk}", {"identity": [None, kind]}, commune=party.commune_id)
    return party


@action(LOOK_UP)
def look_up_identity(change: Change, *, kind: Any, number: Any, purpose: Any) -> list[Party]:
    """The parties of the actor's communes that have this number: found by its hash, nothing is opened. What was asked
    is counted and logged with its purpose, found or not, and never what the number was.

    Raises `SignInNeeded`, `Forbidden`, `Invalid`, `TooOften`.
    """
    if not change.actor.signed_in:
        raise SignInNeeded
    areas = change.actor.areas(DRAFTERS)
    if not areas:
        change.actor.require(DRAFTERS, None)
    reason = _purpose(purpose)
    _count(change)
    kind, plain = identities.read_number(kind, number)
    wanted = Q(pk__in=[])
    for version, digest in digests(plain, kind):
        wanted |= Q(numbers__kind=kind, numbers__key_version=version, numbers__digest=digest)
    rows = Party.objects.filter(wanted)
    if areas != PROVINCE:
        rows = rows.filter(commune_id__in=areas.split(","))
    found = list(rows.distinct().order_by("pk").prefetch_related("numbers"))
    change.record(f"identity:{kind}", {"found": [None, [party.pk for party in found]]}, reason=reason)
    return found


@action(REVEAL)
def reveal_identity(change: Change, number_of: int, *, kind: Any, purpose: Any) -> str:
    """The number in full, for a purpose that is logged.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`, `TooOften`, `Unavailable`.
    """
    party = _party(change, number_of)
    change.actor.require(DRAFTERS, party.commune_id)
    reason = _purpose(purpose)
    _count(change)
    row = IdentityNumber.objects.filter(party=party, kind=str(kind)).first()
    if row is None:
        raise NotFound(_("The party has no number of this kind."), field="kind")
    number = identities.opened(row)
    change.record(f"party:{party.pk}", {"identity": [row.kind, "shown"]}, commune=party.commune_id, reason=reason)
    return number


def _party(change: Change, number: int) -> Party:
    """A party of the actor's communes; another answers like none."""
    if not change.actor.signed_in:
        raise SignInNeeded
    party = Party.objects.filter(pk=number).first()
    if party is None or not change.actor.holds(READERS, party.commune_id):
        raise NotFound(_("There is no party with this number."), field="party")
    return party


def _purpose(purpose: Any) -> str:
    text = " ".join(purpose.split()) if isinstance(purpose, str) else ""
    if not LEAST_PURPOSE <= len(text) <= 300 or "\0" in text:
        raise Invalid(
            _("Say what for: it is kept for the auditors."),
            field="purpose",
            expected=_("%(least)d to %(most)d characters") % {"least": LEAST_PURPOSE, "most": 300},
        )
    if LONG_NUMBER.search(text):
        raise Invalid(_("Identity numbers do not belong in the purpose."), field="purpose")
    return text


def _count(change: Change) -> None:
    """One question at a time from each account, so that none slips past the count. Raises `TooOften`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('identity'), %s::integer)", [change.actor.user_id])
    since = timezone.now() - timedelta(hours=1)
    asked = Record.objects.filter(actor_id=change.actor.user_id, action__in=[LOOK_UP, REVEAL], at__gte=since).count()
    if asked >= settings.IDENTITY_QUESTIONS_PER_HOUR:
        raise TooOften(
            _("At most %d identity numbers are asked for in an hour.") % settings.IDENTITY_QUESTIONS_PER_HOUR
        )
