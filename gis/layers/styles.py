"""How a layer looks, declared once: Mapnik, legends and the browser's map draw from the same rules.

Colours are "#rrggbb"; sizes and widths are pixels of 0.28 mm; scales are denominators.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from gis.problems import Text

Marker = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True)
class Rule:
    """One class of features and its symbol. *values* of the style's field; empty = every other value."""

    title: Text
    values: tuple[str | int, ...] = ()
    fill: str | None = None
    fill_opacity: float = 1.0
    stroke: str | None = None
    stroke_width: float = 1.0
    dash: tuple[float, ...] = ()
    marker: Marker | None = None
    size: float = 8.0
    max_scale: float | None = None
    """Drawn only at denominators up to this one."""
    min_scale: float | None = None
    """Drawn only at denominators from this one."""


@dataclass(frozen=True)
class Label:
    """A text of one field beside, in or along its feature."""

    field: str
    size: float = 10
    colour: str = "#222222"
    halo: str = "#ffffff"
    max_scale: float | None = None
    placement: Literal["point", "line", "over", "above", "below"] = "point"
    """"point": where there is room beside a point, or inside an area. The last three: over, above or below the very
    point, and nowhere else."""
    values: tuple[str, ...] = ()
    """Only of features with these values of the style's field; empty: of all."""
    min_scale: float | None = None
    italic: bool = False
    always: bool = False
    """Written even where another text stands already, and always at the same place."""


@dataclass(frozen=True)
class Style:
    """A named way to draw a layer: rules over the values of one field, and labels."""

    name: str
    title: Text
    rules: tuple[Rule, ...]
    field: str | None = None
    labels: tuple[Label, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same declaration for the browser, texts in the active language."""
        plain = asdict(self)
        plain["title"] = str(self.title)
        for rule, declared in zip(plain["rules"], self.rules, strict=True):
            rule["title"] = str(declared.title)
        return plain
