"""What a draft decides of each right and restriction, and shares: read from an operation, checked, not yet entered."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from gis.problems import Invalid
from land.documents import read_document
from land.operations import reading
from land.operations.kinds import common_members
from land.operations.reading import Body

CARRIED, RELEASED, CANCELLED = "carried", "released", "cancelled"
DECISIONS = (CARRIED, RELEASED, CANCELLED)
KEY = re.compile(r"(right|restriction):[1-9][0-9]{0,17}")
FRACTION = re.compile(r"([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,8}))?")
MOST_HOLDERS = 200
MOST_DECISIONS = 2_000

Holders = dict[int, Fraction]
"""Party → share."""


@dataclass(frozen=True)
class Decision:
    """*document*: the members of the one that releases or cancels; None where it is carried."""

    verdict: str
    document: Mapping[str, Any] | None = None


def read_decisions(value: Any, field: str) -> dict[str, Decision]:
    """`{"restriction:17": "carried", "right:3": {"decision": "released", "document": {…}}}`. Raises `Invalid`."""
    if not isinstance(value, Mapping) or len(value) > MOST_DECISIONS:
        raise Invalid(_("This is no object of decisions."), field=field, expected='{"restriction:17": "carried"}')
    return {_key(key, field): _decision(told, f"{field}.{key}") for key, told in value.items()}


def read_holders(value: Any, field: str) -> Holders:
    """`[{"party": 5, "share": "1/3"}, …]`: each party once. Whether the shares sum to one is for the rules to say."""
    holders: Holders = {}
    for number, told in enumerate(reading.several(lambda one, name: (one, name), 1, MOST_HOLDERS)(value, field)):
        body = Body(told[0], f"{field}[{number}]")
        party, share = body.take("party", reading.point_id), body.take("share", _share)
        body.done()
        if party in holders:
            raise Invalid(_("A party stands here twice."), field=f"{field}[{number}].party")
        holders[party] = share
    return holders


def decisions_of(operation: Mapping[str, Any]) -> dict[str, Decision]:
    return read_decisions(operation.get("decisions") or {}, "operation.decisions")


def shares_of(operation: Mapping[str, Any]) -> Holders | None:
    """The shares that a merger gives to its result."""
    told = operation.get("shares")
    return read_holders(told, "operation.shares") if told is not None else None


def total(shares: Iterable[Fraction]) -> Fraction:
    return sum(shares, Fraction(0))


def _key(key: Any, field: str) -> str:
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise Invalid(_("This names no right and no restriction."), field=field, expected="right:1, restriction:1")
    return key


def _decision(value: Any, field: str) -> Decision:
    if value == CARRIED:
        return Decision(CARRIED)
    if isinstance(value, str):
        expected = ", ".join(DECISIONS)
        if value in DECISIONS:
            raise Invalid(_("What is released or cancelled needs a document."), field=f"{field}.document")
        raise Invalid(_("There is no such decision."), field=field, expected=expected)
    body = Body(value, field)
    verdict = body.take("decision", reading.text(20))
    if verdict not in DECISIONS:
        raise Invalid(_("There is no such decision."), field=f"{field}.decision", expected=", ".join(DECISIONS))
    if verdict == CARRIED:
        body.done()
        return Decision(CARRIED)
    if body.members.get("document") is None:
        raise Invalid(_("What is released or cancelled needs a document."), field=f"{field}.document")
    document = body.members.pop("document")
    read_document(document, f"{field}.document")
    body.done()
    return Decision(verdict, document)


def _share(value: Any, field: str) -> Fraction:
    found = FRACTION.fullmatch(value) if isinstance(value, str) else None
    share = Fraction(int(found[1]), int(found[2] or 1)) if found else None
    if share is None or share > 1:
        raise Invalid(_("This is no share."), field=field, expected="1, 1/2, 1/3")
    return share


common_members["decisions"] = read_decisions
common_members["shares"] = read_holders
