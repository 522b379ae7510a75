"""What a request for a printed map may say. Every wrong value is told with its name and what fits there."""

import math
import re
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID, transformer
from gis.layers import Layer, Style, registry
from gis.problems import BadParameter, NotFound, Problem
from gis.web.printing.fonts import knows
from gis.web.printing.sheets import ORIENTATIONS, SHEETS

SCALES = (500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000)
"""Denominators that are proposed; every whole number between the first and the last is drawn."""
GRIDS = ("crosses", "lines", "ticks")
TITLE_LIMIT = 120
PRINTABLE = (200_000.0, 1_900_000.0, 800_000.0, 2_700_000.0)
"""Where the middle of a sheet may lie (west, south, east, north in the legal grid, metres): lengths in the grid are
true to a thousandth there."""
SRIDS = (LEGAL_SRID, 4326, 3857, 4756, 3405, 32648)
"""Systems in which the middle may be given, always x before y."""
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,15})?")


@dataclass(frozen=True)
class Order:
    """A printed map. *east* and *north*: the middle of the map in the legal grid, metres."""

    layers: tuple[tuple[Layer, Style], ...]
    scale: int
    paper: str
    orientation: str
    east: float
    north: float
    title: str
    grid: str
    language: str


def read_order(query: QueryDict, viewer: Viewer) -> Order:
    """The map that *query* describes. Raises a `Problem` that names the first field that is wrong."""
    asked = {name.lower(): query.getlist(name)[-1] for name in query}
    layers = read_layers(asked, viewer)
    east, north = read_middle(asked)
    return Order(
        layers=tuple(zip(layers, read_styles(asked, layers), strict=True)),
        scale=read_scale(asked),
        paper=read_choice(asked, "paper", tuple(SHEETS)),
        orientation=read_choice(asked, "orientation", ORIENTATIONS),
        east=east,
        north=north,
        title=read_title(asked),
        grid=read_choice(asked, "grid", GRIDS),
        language=read_language(asked),
    )


def read_layers(asked: dict[str, str], viewer: Viewer) -> list[Layer]:
    """The layers, the lowest first. One that the viewer may not know of is as unknown as one that does not exist."""
    names = listed(asked, "layers")
    if not names:
        raise wrong("layers", _("names of layers joined by commas"), given=False)
    if len(names) > settings.MAP_LAYER_LIMIT:
        raise wrong("layers", _("at most %d layers") % settings.MAP_LAYER_LIMIT)
    return [_layer(name, viewer) for name in names]


def _layer(name: str, viewer: Viewer) -> Layer:
    try:
        return registry.get(name, viewer)
    except NotFound as unknown:
        raise BadParameter(unknown.detail, field="layers", expected=unknown.expected) from None


def read_styles(asked: dict[str, str], layers: list[Layer]) -> list[Style]:
    """One for each layer; an empty one, or none at all, is the default."""
    names = listed(asked, "styles") or [""] * len(layers)
    if len(names) != len(layers):
        raise wrong("styles", _("nothing, or as many styles as there are layers"))
    return [_style(layer, name) for layer, name in zip(layers, names, strict=True)]


def _style(layer: Layer, name: str) -> Style:
    style = layer.style(name)
    if style is None:
        raise wrong("styles", f"{layer.name}: {', '.join(known.name for known in layer.styles)}")
    return style


def read_scale(asked: dict[str, str]) -> int:
    """The denominator; "1:" before it is read over."""
    text = text_of(asked, "scale").removeprefix("1:")
    if not re.fullmatch(r"[0-9]{1,9}", text) or not SCALES[0] <= int(text) <= SCALES[-1]:
        low, high = SCALES[0], SCALES[-1]
        raise wrong(
            "scale", _("a whole number from %(low)d to %(high)d") % {"low": low, "high": high}, given=bool(text)
        )
    return int(text)


def read_middle(asked: dict[str, str]) -> tuple[float, float]:
    """The middle in the legal grid; given in another system (`srid`) it is transformed."""
    srid_text = text_of(asked, "srid") or str(LEGAL_SRID)
    if srid_text not in map(str, SRIDS):
        raise wrong("srid", ", ".join(map(str, SRIDS)))
    parts = [part.strip() for part in text_of(asked, "center").split(",")]
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        raise wrong("center", _("two numbers joined by a comma, easting (or longitude) first"), given=any(parts))
    x, y = map(float, parts)
    east, north = transformer(int(srid_text), LEGAL_SRID).transform(x, y)
    west, south, east_limit, north_limit = PRINTABLE
    if not (math.isfinite(east) and west <= east <= east_limit and south <= north <= north_limit):
        limits = {"west": west, "east": east_limit, "south": south, "north": north_limit}
        raise wrong(
            "center",
            _("in VN-2000: easting %(west).0f … %(east).0f m, northing %(south).0f … %(north).0f m") % limits,
        )
    return east, north


def read_title(asked: dict[str, str]) -> str:
    """The title in NFC, spaces run together; the usual one where there is none."""
    text = " ".join(unicodedata.normalize("NFC", text_of(asked, "title")).split())
    if len(text) > TITLE_LIMIT:
        raise wrong("title", _("at most %d characters") % TITLE_LIMIT)
    if strange := sorted({letter for letter in text if not knows(letter)}):
        shown = ", ".join(f"U+{ord(letter):04X}" for letter in strange[:5])
        raise BadParameter(
            _("The printed letters do not have these: %s") % shown,
            field="title",
            expected=_("Latin letters, digits and signs"),
        )
    return text or usual_title()


def usual_title() -> str:
    """What a sheet is called where nobody gives it a title."""
    return _("Map of Quảng Ninh")


def read_language(asked: dict[str, str]) -> str:
    """The language of the sheet; the page's own where none is asked for."""
    known = [code for code, _name in settings.LANGUAGES]
    code = text_of(asked, "language").lower() or get_language() or settings.LANGUAGE_CODE
    if code not in known or not check_for_language(code):
        raise wrong("language", ", ".join(known))
    return code


def read_choice(asked: dict[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of *choices* in any case, the first where nothing is said."""
    text = text_of(asked, name).casefold()
    found = next((choice for choice in choices if text in ("", choice.casefold())), None)
    if found is None:
        raise wrong(name, ", ".join(choices))
    return found


def listed(asked: dict[str, str], name: str) -> list[str]:
    text = text_of(asked, name)
    return [item.strip() for item in text.split(",")] if text else []


def text_of(asked: dict[str, str], name: str) -> str:
    """The value without spaces around it. Raises where it holds what is no sign: controls, halves of letters."""
    text = asked.get(name, "")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") for letter in text):
        raise wrong(name, _("text without control characters"))
    return text.strip()


def wrong(name: str, expected: str, *, given: bool = True) -> Problem:
    """The error for a value that *name* cannot take, or that is missing."""
    detail = _("This value is not possible here.") if given else _("This parameter is missing.")
    return BadParameter(detail, field=name, expected=expected)
