"""Whether an operation may go on, for the sake of the rights and restrictions that it concerns."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from land.models import Party, Restriction, Right
from land.operations.preview import REFUSES, WARNS, Finding, Preview, judges
from land.rights.decisions import CARRIED, Holders, shares_of, total
from land.rights.encumbrances import Encumbrance, encumbrances_of

MERGER = "Luật Đất đai 2024, Điều 220 (chưa đối chiếu với văn bản)"
"""Same purpose, term and form of rent of what is merged: not yet checked against the text of the law."""


def judge(seen: Preview) -> Iterator[Finding]:
    assert seen.plan is not None
    found = encumbrances_of(seen)
    for key in found.unknown:
        yield _refusal("decision_of_nothing", _("There is no such right or restriction on these parcels."), key)
    if seen.plan.undoes is not None:
        change = seen.plan.undoes.pk
        if any(_has_gone_on(model, change) for model in (Right, Restriction)):
            words = _("A right or restriction that this change wrote has been changed since: undo that first.")
            yield _refusal("encumbrance_changed_since", words)
        yield from (_since(one) for one in found.all if one.ended and one.row.change_id != change)
        return
    if seen.plan.record is None or seen.plan.record.moves_rights:
        yield from _undecided(found.all)
    if len(seen.plan.edit.ended) > 1:
        yield from _merged(seen, [one for one in found.all if one.is_right and _is_carried(one)])
    elif shares_of(seen.operation) is not None:
        yield _refusal("shares_of_a_merger", _("Shares are given where parcels are merged, and nowhere else."))
    if seen.plan.record is not None:
        yield from seen.plan.record.judge(seen)


def check_holders(holders: Holders) -> Iterator[Finding]:
    """Whether *holders* can hold a right together."""
    known = set(Party.objects.filter(pk__in=holders).values_list("pk", flat=True))
    for party in sorted(set(holders) - known):
        yield _refusal("no_such_party", _("There is no party with this number."), str(party))
    together = total(holders.values())
    if together != 1:
        yield _refusal("shares_sum_to_one", _("The shares of a right sum to one."), str(together), "1")


def _undecided(all_of_them: Iterable[Encumbrance]) -> Iterator[Finding]:
    """Restrictions wait for a decision; rights go to the children unless something else is decided."""
    for one in all_of_them:
        if one.decision is None and not one.is_right:
            words = _("Decide of this restriction: it is carried on, released or cancelled.")
            yield _refusal("restriction_undecided", words, one.key, one.row.kind, parcels=(one.row.parcel,))
        elif _is_carried(one) and not one.children:
            words = _("This meets none of the parcels that there would be: it cannot be carried on.")
            yield _refusal("restriction_meets_nothing", words, one.key, one.row.kind, parcels=(one.row.parcel,))


def _is_carried(one: Encumbrance) -> bool:
    return one.decision is None or one.decision.verdict == CARRIED


def _since(one: Encumbrance) -> Finding:
    words = _("This was entered since: it would be lost. Release it first, or enter it anew afterwards.")
    return _refusal("encumbered_since", words, one.key, one.row.kind, parcels=(one.row.parcel,))


def _merged(seen: Preview, carried: list[Encumbrance]) -> Iterator[Finding]:
    assert seen.plan is not None
    parents = seen.plan.edit.ended
    given = shares_of(seen.operation)
    rights: dict[str, dict[str, Encumbrance]] = {}
    for one in carried:
        rights.setdefault(one.row.kind, {})[one.row.parcel] = one
    if given is not None:
        yield from check_holders(given)
    elif any(set(of_kind) != set(parents) or _differ(of_kind.values()) for of_kind in rights.values()):
        words = _("The parcels have different holders: say with `shares` what each holds in the new one.")
        yield _refusal("merged_rights_differ", words, parcels=parents)
    if given is not None and len(rights) != 1:
        words = _("Shares are given to one kind of right: these parcels have none or several.")
        yield _refusal("merged_rights_differ", words, ", ".join(sorted(rights)), parcels=parents)
    if len({seen.around.rows[parcel].land_use_id for parcel in parents}) > 1:
        yield _warning("merged_purposes_differ", _("The parcels are of different purposes."), parents)
    rows = [one.row for one in carried if isinstance(one.row, Right)]
    if len({(row.kind, row.expires_on) for row in rows}) > len({row.kind for row in rows}):
        yield _warning("merged_terms_differ", _("The rights to the parcels have different terms."), parents)
    if len({(row.kind, row.rent) for row in rows}) > len({row.kind for row in rows}):
        yield _warning("merged_rents_differ", _("The rights to the parcels have different forms of rent."), parents)


def _has_gone_on(model: type[Right] | type[Restriction], change: int) -> bool:
    return model.objects.filter(change=change, valid_to__isnull=True, recorded_to__isnull=False).exists()


def _differ(all_of_them: Iterable[Encumbrance]) -> bool:
    held: list[dict[int, Fraction]] = [one.holders for one in all_of_them]
    return any(one != held[0] for one in held)


def _refusal(rule: str, words: str, measured: str = "", limit: str = "", parcels: tuple[str, ...] = ()) -> Finding:
    return Finding(rule, REFUSES, words, measured=measured, limit=limit, parcels=tuple(parcels))


def _warning(rule: str, words: str, parcels: tuple[str, ...]) -> Finding:
    return Finding(rule, WARNS, words, citation=MERGER, parcels=tuple(parcels))


judges.append(judge)
