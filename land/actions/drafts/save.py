"""Draw a draft, or draw it anew: the operation is previewed and kept with what was shown."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gis.actions.base import Change, action
from gis.problems import Invalid, SignInNeeded
from land.actions.drafts.handling import held, require_author, tell, write
from land.codes import WRITERS
from land.documents import document_from
from land.models import Draft
from land.operations import reading
from land.operations.kinds import read_operation
from land.operations.preview import Preview, preview

EDITABLE = (Draft.State.DRAFT, Draft.State.RETURNED)


@action("land.save_draft")
def save_draft(
    change: Change,
    *,
    operation: dict[str, Any],
    title: str,
    document: Mapping[str, Any] | None = None,
    effective_on: date | None = None,
    number: int | None = None,
    version: int = 0,
) -> Draft:
    """Keep *operation* as a new draft, or as the next version of the draft *number* (which brings it up to date with
    the fabric). A draft may be impossible, so that it can be mended; it cannot be submitted then.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`, `Stale`, `Conflict`.
    """
    if change.actor.user_id is None:
        raise SignInNeeded
    shown = preview(change.actor, read_operation(operation), operation, effective_on)
    values: dict[str, Any] = {
        "title": reading.text(200)(title, "title").strip(),
        "operation": operation,
        "preview": shown.as_answer(),
        "parcels": _parcels(shown),
        "document": document_from(document) if document else None,
        "effective_on": effective_on,
    }
    for identifier in values["parcels"]:
        change.actor.require(WRITERS, shown.around.rows[identifier].commune_id)
    if number is not None:
        draft = held(change, number, version, EDITABLE)
        require_author(change, draft)
        return write(change, draft, **values, state=Draft.State.DRAFT)
    draft = Draft.objects.create(**values, commune_id=_commune(shown), author_id=change.actor.user_id)
    draft.refresh_from_db()
    tell(change, draft, {"state": ["", draft.state]})
    return draft


def _parcels(shown: Preview) -> list[str]:
    return list(shown.base) or sorted(shown.around.named)


def _commune(shown: Preview) -> str:
    rows = [shown.around.rows[identifier] for identifier in _parcels(shown)]
    if not rows:
        raise Invalid(_("The operation concerns no parcel in force."), field="operation")
    return rows[0].commune_id
