"""Pictures of layers: declared styles drawn by Mapnik in processes of its own.

`render` draws a `MapRequest`, `legend_of` a style's legend, `notice` a text; `project` asks Mapnik's own
PROJ. Nothing here or above imports mapnik: it sets PROJ_LIB and GDAL_DATA, which break every other engine in
its process.
"""

from gis.maps.drawing.encoders import ENCODINGS, Encoding
from gis.maps.drawing.legends import USUAL_SWATCH, Legend, Swatch, legend_of
from gis.maps.drawing.pictures import blank, close, notice, project, render, warm
from gis.maps.drawing.requests import WHITE, Background, MapRequest

__all__ = [
    "ENCODINGS",
    "USUAL_SWATCH",
    "WHITE",
    "Background",
    "Encoding",
    "Legend",
    "MapRequest",
    "Swatch",
    "blank",
    "close",
    "legend_of",
    "notice",
    "project",
    "render",
    "warm",
]
