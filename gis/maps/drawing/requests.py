"""What a picture is asked to show, checked before anything is allocated."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer, Style
from gis.maps.drawing.encoders import ENCODINGS
from gis.problems import BadParameter, TooLarge


@dataclass(frozen=True)
class Background:
    """What lies under the picture: a "#rrggbb" colour, or nothing where it is transparent."""

    colour: str = "#ffffff"
    transparent: bool = False

    def under(self, format: str) -> str:
        """As Mapnik wants it, for *format*: an opaque one gets the colour."""
        return "transparent" if self.transparent and not ENCODINGS[format].opaque else self.colour


WHITE = Background()


@dataclass(frozen=True)
class MapRequest:
    """One picture of some layers as one viewer may see them.

    *layers*: (layer, style) from the bottom up. *bbox*: minx, miny, maxx, maxy of *srid* in x, y order, the
    outer edges of the outer pixels; where its shape is not that of the picture, it is stretched.
    *scale_factor*: how many pixels stand for one of 0.28 mm. *whole_labels*: none is cut off at an edge, as on a
    sheet that has no neighbour. *variables*: values for `!@name!` in the layers'
    SQL beside the viewer's areas.
    """

    layers: tuple[tuple[Layer, Style], ...]
    viewer: Viewer
    srid: int
    bbox: tuple[float, float, float, float]
    width: int
    height: int
    format: str = "png"
    background: Background = WHITE
    scale_factor: float = 1.0
    whole_labels: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_size(self.width, self.height)
        if len(self.layers) > settings.MAP_LAYER_LIMIT:
            raise TooLarge(_("At most %d layers fit into one picture.") % settings.MAP_LAYER_LIMIT, field="layers")
        if self.format not in ENCODINGS:
            raise BadParameter(field="format", expected=", ".join(ENCODINGS))
        minx, miny, maxx, maxy = self.bbox
        if not (all(map(math.isfinite, self.bbox)) and minx < maxx and miny < maxy):
            raise BadParameter(field="bbox", expected=_("a lower corner before an upper corner"))
        if not 0.05 <= self.scale_factor <= 20:
            raise BadParameter(field="scale_factor", expected="0.05 … 20")

    @property
    def personal(self) -> bool:
        """Whether the picture may show what the public does not see."""
        return any(layer.areas_of(self.viewer) for layer, _style in self.layers)


def check_size(width: int, height: int) -> None:
    """Raise unless a picture of *width* × *height* pixels is allowed."""
    limit = settings.MAP_MAX_SIDE
    if not (1 <= width <= limit and 1 <= height <= limit):
        raise TooLarge(_("A picture is at least 1 and at most %d pixels wide and high.") % limit, field="width, height")
