"""The ways in which a text may mean rows of a layer."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gis.access.viewer import Areas
from gis.database.folding import beginnings
from gis.layers.base import Layer, OtherName, Search
from gis.layers.search import statements
from gis.layers.search.asked import Asked
from gis.layers.search.statements import Part, fields_of, in_communes, is_number
from gis.places.names import CommuneNames, endings

MOST_WORDS = 8
FEWEST_DIGITS = 3
HIGHEST_NUMBER = 2**31 - 1


class Way(NamedTuple):
    """Rows of *layer*, as *part* finds them with *values* in its slots. *others*: names by which they were found."""

    layer: Layer
    part: Part
    values: dict[str, str]
    others: dict[str, OtherName] = {}


class _Looking(NamedTuple):
    """A layer that is searched for a viewer with *areas*."""

    layer: Layer
    declared: Search
    areas: Areas
    places: CommuneNames

    @property
    def sighted(self) -> bool:
        return bool(self.areas)

    def way(self, part: Part, **values: str) -> Way:
        return Way(self.layer, part, {"areas": self.areas, **values})


def ways(layer: Layer, areas: Areas, asked: Asked, places: CommuneNames, limit: int) -> Iterator[Way]:
    """The ways in which *asked* may mean rows of *layer* for a viewer with *areas*."""
    if layer.search is None:
        return
    looking = _Looking(layer, layer.search, areas, places)
    yield from _by_name(looking, asked.without_lead(layer.search))
    yield from _by_code(looking, asked)
    for pattern in layer.search.patterns:
        match = re.fullmatch(pattern, asked.folded)
        if match:
            yield from _by_groups(looking, match)
    others = {str(other.key): other for other in layer.other_names(asked.folded, places, limit)}
    if others:
        yield looking.way(statements.by_key(layer), keys=",".join(others))._replace(others=others)


def _by_name(looking: _Looking, asked: Asked) -> Iterator[Way]:
    """By words of the name, and by words of the name before the name of the commune: "nhà văn hóa Giếng Đáy"."""
    layer, sighted, words = looking.layer, looking.sighted, asked.words
    fields = fields_of(layer, sighted)
    if not any(name in fields for name in looking.declared.names) or not 1 <= len(words) <= MOST_WORDS:
        return
    part = statements.by_name(layer, sighted, len(words))
    yield looking.way(part, text=asked.text, folded=asked.folded, **_numbered(words))
    if not in_communes(layer) or layer.key == layer.area:
        return
    for before, phrase in endings(words):
        within = looking.places.meant(phrase, whole=not before)
        if within:
            part = statements.by_place(layer, sighted, len(before))
            yield looking.way(part, within=",".join(within), **_numbered(before))
            return


def _by_code(looking: _Looking, asked: Asked) -> Iterator[Way]:
    """By how an identifier begins."""
    layer, declared, sighted = looking.layer, looking.declared, looking.sighted
    fields = fields_of(layer, sighted)
    digits = re.sub(r"[\s.-]", "", asked.text)
    wanted: list[tuple[str, bool, str]] = []
    if len(digits) >= FEWEST_DIGITS and digits.isascii() and digits.isdigit():
        wanted += [(name, False, digits) for name in declared.digits]
    if " " not in asked.text or any(sign.isdigit() for sign in asked.text):
        wanted += [(name, True, asked.text.upper()) for name in declared.codes]
    for name, letters, beginning in wanted:
        if name in fields:
            yield looking.way(statements.by_code(layer, sighted, name, letters), beginning=beginning)


def _by_groups(looking: _Looking, match: re.Match[str]) -> Iterator[Way]:
    """By fields that equal the groups. All communes are named where none is: the index begins with them."""
    layer, fields = looking.layer, fields_of(looking.layer, looking.sighted)
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    within = groups.pop("within", None)
    if within and not in_communes(layer):
        return
    for name, value in groups.items():
        if name not in fields or (is_number(fields[name]) and int(value) > HIGHEST_NUMBER):
            return
    communes = looking.places.meant(within) if within else looking.places.codes
    if in_communes(layer) and not communes:
        return
    part = statements.by_groups(layer, looking.sighted, tuple(groups))
    yield looking.way(part, within=",".join(communes), **groups)


def _numbered(words: list[str]) -> dict[str, str]:
    return {"words": beginnings(words), **{f"word{number}": word for number, word in enumerate(words)}}
