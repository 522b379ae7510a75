"""The rules of one day, and which of them hold for a parcel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from land.models import LandRule

Kind, Status = LandRule.Kind, LandRule.Status


@dataclass(frozen=True)
class Subject:
    """What a rule is asked for: a parcel with its land use and commune, and what is done to it."""

    land_use: str
    commune: str
    commune_kind: str
    operation: str


@dataclass(frozen=True)
class Book:
    """Every rule in force on *day*, read once."""

    day: date
    rules: tuple[LandRule, ...]

    @classmethod
    def of(cls, day: date) -> "Book":
        return cls(day, tuple(LandRule.objects.in_force(day).order_by("pk")))

    def find(self, kind: str, subject: Subject, scale: int | None = None) -> list[LandRule]:
        """The rules of *kind* for *subject*. Verified ones displace all others, the more particular the more general:
        a commune's before those of its kind, these before the province's; named land uses before all of them.
        """
        held = [
            rule
            for rule in self.rules
            if rule.kind == kind and _holds(rule, subject) and rule.map_scale in (None, scale)
        ]
        return _most_particular([rule for rule in held if rule.status == Status.VERIFIED] or held)

    def of_kind(self, kind: str) -> list[LandRule]:
        return [rule for rule in self.rules if rule.kind == kind]


def _holds(rule: LandRule, subject: Subject) -> bool:
    return (
        (rule.commune_id is None or rule.commune_id == subject.commune)
        and (not rule.commune_kinds or subject.commune_kind in rule.commune_kinds)
        and (not rule.operations or subject.operation in rule.operations)
        and (rule.kind == Kind.MERGED_USES or not rule.land_uses or subject.land_use in rule.land_uses)
    )


def _most_particular(rules: Iterable[LandRule]) -> list[LandRule]:
    ranked = [(_rank(rule), rule) for rule in rules]
    best = max((rank for rank, _rule in ranked), default=None)
    return [rule for rank, rule in ranked if rank == best]


def _rank(rule: LandRule) -> tuple[bool, bool, bool, bool]:
    return rule.commune_id is not None, bool(rule.commune_kinds), bool(rule.land_uses), bool(rule.operations)
