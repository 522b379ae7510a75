"""The steps of a draft between people: submit, check, hand back, approve, withdraw."""

from django.utils.translation import gettext as _

from gis.access.models import User
from gis.actions.base import Change, action
from gis.problems import Invalid, Stale
from land.actions.carry_out import carry_out
from land.actions.drafts.handling import held, require_author, require_other, write
from land.codes import LAND_APPROVER, LAND_CHECKER
from land.models import Draft
from land.operations import reading
from land.operations.kinds import read_operation
from land.operations.preview import preview

State = Draft.State


@action("land.submit_draft")
def submit_draft(change: Change, number: int, *, version: int) -> Draft:
    """Give the draft to the checkers. Raises `Invalid` without document or day, `RuleRefused`, `Stale` where the fabric
    is no longer what the draft was drawn on: then it is to be drawn anew.
    """
    draft = held(change, number, version, (State.DRAFT, State.RETURNED))
    require_author(change, draft)
    for name in ("document", "effective_on"):
        if getattr(draft, name) is None:
            raise Invalid(_("Every change rests on a document and has a day of effect."), field=name)
    _require_unchanged(change, draft)
    return write(change, draft, state=State.SUBMITTED, note="", checker=None)


@action("land.check_draft")
def check_draft(change: Change, number: int, *, version: int) -> Draft:
    """Say that the draft is technically right (kiểm tra kỹ thuật); somebody else than its author does."""
    draft = held(change, number, version, (State.SUBMITTED,))
    require_other(change, draft, {LAND_CHECKER})
    _require_unchanged(change, draft)
    return write(change, draft, state=State.CHECKED, checker=_account(change))


@action("land.hand_back_draft")
def hand_back_draft(change: Change, number: int, *, version: int, note: str) -> Draft:
    """Return the draft to its author with a *note* on what is wrong."""
    draft = held(change, number, version, (State.SUBMITTED, State.CHECKED))
    require_other(change, draft, {LAND_CHECKER, LAND_APPROVER})
    return write(change, draft, state=State.RETURNED, note=reading.text(2_000)(note, "note").strip(), checker=None)


@action("land.withdraw_draft")
def withdraw_draft(change: Change, number: int, *, version: int) -> Draft:
    """Take the draft back for good."""
    draft = held(change, number, version, (State.DRAFT, State.SUBMITTED, State.RETURNED))
    require_author(change, draft)
    return write(change, draft, state=State.WITHDRAWN)


@action("land.approve_draft")
def approve_draft(change: Change, number: int, *, version: int) -> Draft:
    """Let the draft into the register, exactly as it was shown. Raises also what `carry_out` raises."""
    draft = held(change, number, version, (State.CHECKED,))
    require_other(change, draft, {LAND_APPROVER})
    assert draft.document is not None and draft.effective_on is not None  # a constraint of the table
    carried = carry_out(
        change.actor,
        draft.operation,
        preview_hash=draft.preview["hash"],
        document=draft.document,
        effective_on=draft.effective_on,
        officer=draft.author,
    )
    return write(change, draft, state=State.APPROVED, approver=_account(change), change=carried)


def _require_unchanged(change: Change, draft: Draft) -> None:
    shown = preview(change.actor, read_operation(draft.operation), draft.operation, draft.effective_on)
    shown.refuse()
    if shown.hash != draft.preview["hash"]:
        raise Stale(_("The fabric has changed since this was previewed: look at it again."), current=draft.version)


def _account(change: Change) -> User:
    return User.objects.get(pk=change.actor.user_id)  # type: ignore[misc]
