"""What every verb on a draft does first and last: find it, hold it, write its new state, tell."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis.access.viewer import PROVINCE, Viewer
from gis.actions.base import Change
from gis.problems import Conflict, Forbidden, NotFound, SignInNeeded, Stale
from land.codes import READERS
from land.models import Draft


def visible_drafts(viewer: Viewer) -> QuerySet[Draft]:
    """The drafts of the communes whose land offices the viewer belongs to or oversees. His own elsewhere no more: they
    name the holders of rights."""
    if not viewer.signed_in:
        return Draft.objects.none()
    areas = viewer.areas(READERS)
    if areas == PROVINCE:
        return Draft.objects.all()
    return Draft.objects.filter(commune_id__in=areas.split(","))


def held(change: Change, number: int, version: int, states: Iterable[str]) -> Draft:
    """The draft *number*, locked, as *version* has it and in one of *states*.

    Raises `SignInNeeded`, `NotFound`, `Stale`, `Conflict`.
    """
    if not change.actor.signed_in:
        raise SignInNeeded
    draft = visible_drafts(change.actor).select_for_update(of=("self",)).filter(pk=number).first()
    if draft is None:
        raise NotFound(_("There is no draft with this number."), field="number")
    if draft.version != version:
        raise Stale(current=draft.version)
    if draft.state not in states:
        raise Conflict(
            _("The draft is %s: this cannot be done to it now.") % draft.get_state_display(), state=draft.state
        )
    return draft


def require_author(change: Change, draft: Draft) -> None:
    if draft.author_id != change.actor.user_id:
        raise Forbidden(_("Only who drew it may do this."))


def require_other(change: Change, draft: Draft, roles: Iterable[str]) -> None:
    """Somebody with one of *roles* in the draft's commune who did not draw it (four eyes)."""
    change.actor.require(roles, draft.commune_id)
    if draft.author_id == change.actor.user_id:
        raise Forbidden(_("Nobody approves what he drew himself."))


def write(step: Change, draft: Draft, /, **values: Any) -> Draft:
    """Store *values* as the draft's next version, with its history and event."""
    before = {name: getattr(draft, name) for name in values}
    for name, value in values.items():
        setattr(draft, name, value)
    draft.version += 1
    draft.changed_at = TransactionNow()
    draft.save()
    draft.refresh_from_db()
    told = {name: [str(before[name]), str(value)] for name, value in values.items() if name != "preview"}
    tell(step, draft, told)
    return draft


def tell(change: Change, draft: Draft, changes: dict[str, list[Any]]) -> None:
    change.record(
        f"draft:{draft.pk}", changes, commune=draft.commune_id, reason=draft.note if "note" in changes else ""
    )
    payload = {"id": draft.pk, "state": draft.state, "version": draft.version, "commune": draft.commune_id}
    change.publish("land_drafts", "changed", str(draft.pk), {**payload, "parcels": draft.parcels})
