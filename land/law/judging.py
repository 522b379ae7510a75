"""Judges a preview by the rules of its day: one finding for each parcel and rule that is not met.

Without a verified rule for what must be judged the finding is `no_legal_basis` (thiếu căn cứ), a warning; nothing is
guessed. Rows that are not verified only warn; those of the demo refuse and warn as they say, and are marked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.places.models import Commune
from gis.problems import Text
from land.law.book import Book, Kind, Status, Subject
from land.law.measuring import LEAST_SIDE_M, MEASURES, NEEDED, ROADS, UNITS, Measured, Scene
from land.models import LandRule
from land.operations.preview import WARNS, Finding, Outcome, Preview, judges

NO_BASIS = "no_legal_basis"
WORDS: dict[str, Text] = {
    Kind.MINIMUM_AREA: gettext_lazy("A new parcel would have %(measured)s; the least area is %(limit)s."),
    Kind.MINIMUM_WIDTH: gettext_lazy(
        "The largest rectangle inside a new parcel would be %(measured)s wide; the least width is %(limit)s."
    ),
    Kind.MINIMUM_DEPTH: gettext_lazy(
        "The largest rectangle inside a new parcel would be %(measured)s deep; the least depth is %(limit)s."
    ),
    Kind.MINIMUM_FRONTAGE: gettext_lazy("A new parcel would have %(measured)s of frontage; the least is %(limit)s."),
    Kind.ACCESS: gettext_lazy("A new parcel would have no side on a road parcel: its access must be shown otherwise."),
    Kind.MERGED_USES: gettext_lazy("Land uses %(measured)s may not be merged; allowed together: %(limit)s."),
    Kind.POSITION_ERROR: gettext_lazy("The position error of a boundary point is %(measured)s; at most %(limit)s."),
    Kind.AREA_DIFFERENCE: gettext_lazy("Plane and legal area differ by %(measured)s; at most %(limit)s."),
}
MOVED = gettext_lazy(
    "A boundary point goes %(measured)s, farther than an error of survey explains (%(limit)s): its boundary changes."
)
SUBJECTS: dict[str, Text] = {
    Kind.MINIMUM_AREA: gettext_lazy("the least area of a new parcel"),
    Kind.MINIMUM_WIDTH: gettext_lazy("the least width of a new parcel"),
    Kind.ACCESS: gettext_lazy("access to a road"),
    Kind.MERGED_USES: gettext_lazy("merging these land uses"),
    Kind.MAP_SCALE: gettext_lazy("the scale of the cadastral map here"),
    Kind.POSITION_ERROR: gettext_lazy("the largest position error of a boundary point"),
    Kind.AREA_DIFFERENCE: gettext_lazy("the largest difference of plane and legal area"),
}
"""What there may be no legal basis for."""


def judge(seen: Preview) -> Iterator[Finding]:
    """What the rules of `seen.on` say of it. Undoing brings back what was lawful before and is not judged."""
    scene = Scene(seen)
    if scene.operation == "undo":
        return
    judging = _Judging(scene, Book.of(seen.on))
    yield from judging.found()


@dataclass
class _Judging:
    scene: Scene
    book: Book
    unfounded: dict[str, list[str]] = field(default_factory=dict)
    """What no verified rule was found for → the parcels."""

    def found(self) -> Iterator[Finding]:
        seen = self.scene.seen
        assert seen.plan is not None
        self.communes = dict(
            Commune.objects.filter(pk__in={one.like.commune_id for one in seen.outcomes}).values_list("pk", "kind")
        )
        born = [one for one in seen.outcomes if one.born]
        changed = [one for one in seen.outcomes if not one.born and not one.refined]
        if len(seen.plan.edit.ended) == 1:
            for one in born:
                yield from self._division(one)
        elif born:
            yield from self._merger(born[0])
        if seen.plan.edit.moved:
            for one in changed:
                yield from self._moved(one)
        for one in (*born, *changed):
            yield from self._difference(one)
        yield from self._no_basis()

    def _division(self, one: Outcome) -> Iterator[Finding]:
        if one.like.land_use_id in ROADS:
            return
        for kind, measure in MEASURES.items():
            rules = self._rules(kind, one, needed=kind in NEEDED)
            if not rules:
                continue
            measured = measure(self.scene, one)
            for rule in rules:
                limit = rule.limit if rule.limit is not None else Decimal(str(LEAST_SIDE_M))
                if round(measured.value, 3) < limit:
                    yield self._finding(rule, measured, limit, one)

    def _merger(self, one: Outcome) -> Iterator[Finding]:
        """Parcels of one land use merge; of several only where a rule allows them together."""
        seen = self.scene.seen
        assert seen.plan is not None
        uses = {seen.around.rows[key].land_use_id for key in seen.plan.edit.ended}
        if len(uses) == 1:
            return
        rules = self._rules(Kind.MERGED_USES, one, needed=True)
        if any(uses <= set(rule.land_uses) for rule in rules):
            return
        for rule in rules[:1]:
            allowed = "; ".join(" + ".join(sorted(row.land_uses)) for row in rules)
            yield self._told(rule, " + ".join(sorted(uses)), allowed, one, Measured(0, one.polygon))

    def _moved(self, one: Outcome) -> Iterator[Finding]:
        surveyed = self.scene.seen.plan is not None and self.scene.seen.plan.survey is not None
        measured = self.scene.position_error(one) if surveyed else self.scene.movement(one)
        if measured.where is None:
            return
        scales = self._rules(Kind.MAP_SCALE, one, needed=True)
        for scale in scales[:1]:
            for rule in self._rules(Kind.POSITION_ERROR, one, needed=True, scale=int(scale.limit or 0)):
                if rule.limit is not None and round(measured.value, 4) > rule.limit:
                    yield self._finding(rule, measured, rule.limit, one, also=scale, moved=not surveyed)

    def _difference(self, one: Outcome) -> Iterator[Finding]:
        measured = self.scene.area_difference(one)
        if not measured.value:
            return
        for rule in self._rules(Kind.AREA_DIFFERENCE, one, needed=True):
            if rule.limit is not None and round(measured.value, 4) > rule.limit:
                yield self._finding(rule, measured, rule.limit, one)

    def _rules(self, kind: str, one: Outcome, *, needed: bool, scale: int | None = None) -> list[LandRule]:
        row = one.like
        subject = Subject(row.land_use_id, row.commune_id, self.communes[row.commune_id], self.scene.operation)
        rules = self.book.find(kind, subject, scale)
        if needed and not any(rule.status == Status.VERIFIED for rule in rules):
            self.unfounded.setdefault(kind, []).append(one.label)
        return rules

    def _finding(
        self,
        rule: LandRule,
        measured: Measured,
        limit: Decimal,
        one: Outcome,
        also: LandRule | None = None,
        moved: bool = False,
    ) -> Finding:
        unit, decimals = UNITS[rule.kind]
        value = f"{measured.value:.{decimals}f} {unit}"
        bound = f"{limit.normalize():f} {unit}" if rule.limit is not None else "> 0 m"
        return self._told(rule, value, bound, one, measured, also, moved)

    def _told(
        self,
        rule: LandRule,
        value: str,
        bound: str,
        one: Outcome,
        measured: Measured,
        also: LandRule | None = None,
        moved: bool = False,
    ) -> Finding:
        basis = _weakest(rule, also)
        words = str(MOVED if moved else WORDS[rule.kind]) % {"measured": _local(value), "limit": _local(bound)}
        return Finding(
            f"{rule.kind}/{rule.pk}",
            WARNS if moved or basis == Status.UNVERIFIED else rule.severity,
            _marked(basis, words),
            measured=value,
            limit=bound,
            citation=rule.citation if also is None else f"{rule.citation}; {also.citation}",
            parcels=(one.label,),
            where=measured.where,
            basis=basis,
        )

    def _no_basis(self) -> Iterable[Finding]:
        day = date_format(self.book.day, "SHORT_DATE_FORMAT")
        for kind, labels in self.unfounded.items():
            words = _("No legal basis: no verified rule of %(day)s is known for %(what)s.")
            yield Finding(
                f"{NO_BASIS}/{kind}",
                WARNS,
                words % {"day": day, "what": SUBJECTS[kind]},
                parcels=tuple(dict.fromkeys(labels)),
                basis="none",
            )


def _weakest(*rules: LandRule | None) -> str:
    found = {rule.status for rule in rules if rule is not None}
    return next(status for status in (Status.DEMO, Status.UNVERIFIED, Status.VERIFIED) if status in found)


def _marked(basis: str, words: str) -> str:
    if basis == Status.DEMO:
        return _("Illustration, no rule of law: %s") % words
    return _("Not verified: %s") % words if basis == Status.UNVERIFIED else words


def _local(text: str) -> str:
    """A figure with its unit as the reader writes figures; anything else stays."""
    number, space, unit = text.partition(" ")
    try:
        return f"{number_format(Decimal(number))}{space}{unit}"
    except ArithmeticError:
        return text


judges.append(judge)
