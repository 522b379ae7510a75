"""Undoing a change: a new, compensating one that brings back what was, identities and areas included."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from gis.problems import NotFound
from land.models import Parcel, ParcelChange
from land.operations import reading
from land.operations.kinds import Plan, operation
from land.operations.reading import Body
from land.science.merging import merge
from land.science.patch import Edit, Impossible, Patch, Place, Rings, place_of, rings_from_array


@operation
@dataclass(frozen=True)
class Undo:
    """Bring back what the change *change* ended or altered, while nothing has altered its results."""

    kind: ClassVar[str] = "undo"
    change: ParcelChange
    before: dict[str, Parcel]
    """By identifier: the versions that the change was made from."""
    made: dict[str, Parcel]
    """By identifier: the versions that it made and that lineage names."""

    @classmethod
    def read(cls, body: Body) -> Self:
        number = body.take("change", reading.whole(1, reading.LARGEST_ID))
        change = ParcelChange.objects.filter(pk=number).first()
        if change is None:
            raise NotFound(_("There is no change with this number."), field="operation.change")
        descents = change.descents.select_related("parent", "child")
        return cls(
            change,
            {descent.parent.identifier: descent.parent for descent in descents},
            {descent.child.identifier: descent.child for descent in descents},
        )

    @property
    def born(self) -> list[str]:
        return [identifier for identifier in self.made if identifier not in self.before]

    @property
    def ended(self) -> list[str]:
        return [identifier for identifier in self.before if identifier not in self.made]

    @property
    def parcels(self) -> list[str]:
        return self._results if self._untouched else []

    @property
    def points(self) -> list[int]:
        return []

    @property
    def _results(self) -> list[str]:
        """What must still be as the change made it. A neighbour that only got a node keeps it, whatever came later."""
        return self.born or list(self.made)

    @property
    def _untouched(self) -> bool:
        wanted = {self.made[identifier].pk for identifier in self._results}
        return Parcel.objects.current().filter(pk__in=wanted).count() == len(wanted)

    def plan(self, patch: Patch) -> Plan:
        if ParcelChange.objects.filter(undoes=self.change).exists():
            raise Impossible("undone_already")
        if not self.made:
            raise Impossible("not_undone")
        if not self._untouched:
            raise Impossible("changed_since")
        return self._rejoined(patch) if self.born else self._redrawn(patch)

    def _rejoined(self, patch: Patch) -> Plan:
        """Children back into their parents."""
        names = {str(number): identifier for number, identifier in enumerate(sorted(self.ended), 1)}
        if len(names) > 1:
            rings = {label: rings_from_array(self.before[identifier].ring) for label, identifier in names.items()}
        elif len(self.born) > 1:
            rings = dict(merge(patch, self.born).born)
        else:
            rings = {"1": patch.parcels[self.born[0]]}
        edit = Edit(added=self._points_back(patch, rings), ended=tuple(self.born), born=rings)
        restored = {label: self.before[identifier] for label, identifier in names.items()}
        return Plan(edit, restored=restored, undoes=self.change)

    def _redrawn(self, patch: Patch) -> Plan:
        """Points back to where they were, rings back to what they were."""
        rings = {identifier: rings_from_array(row.ring) for identifier, row in self.before.items()}
        redrawn = {identifier: now for identifier, now in rings.items() if now != patch.parcels[identifier]}
        moved = {point: place for point, place in self._places.items() if patch.points.get(point, place) != place}
        back = self._points_back(patch, rings)
        edit = Edit(added=back, moved=moved, redrawn=redrawn)
        return Plan(edit, restored=dict(self.before), undoes=self.change)

    def _points_back(self, patch: Patch, rings: Mapping[str, Rings]) -> dict[int, Place]:
        """Points that no parcel uses any more and that *rings* need again."""
        wanted = {point for parcel in rings.values() for ring in parcel for point in ring}
        return {point: self._places[point] for point in sorted(wanted - set(patch.points))}

    @cached_property
    def _places(self) -> dict[int, Place]:
        return {point: place for row in self.before.values() for point, place in _places_of(row)}


def _places_of(row: Parcel) -> list[tuple[int, Place]]:
    """Where the points of *row* were: its geometry is stored as it was then."""
    coordinates: list[Any] = [ring[:-1] for ring in row.geom.coords]
    return [
        (point, place_of(*xy[:2]))
        for ring, corners in zip(rings_from_array(row.ring), coordinates, strict=True)
        for point, xy in zip(ring, corners, strict=True)
    ]
