"""The picture inside a sheet's frame, and how its bytes get into a PDF as they are."""

import struct
from collections.abc import Iterator

from django.conf import settings
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID
from gis.layers import Layer, Style
from gis.layers.context import Coast
from gis.maps.drawing import WHITE, Background, MapRequest
from gis.web.printing.grid import Window
from gis.web.printing.sheets import MM, Part

DPI = 300
"""Pixels to the inch; fewer where a side would be longer than pictures may be."""
PIXEL_MM = 0.28
"""Side of the pixels that the sizes of symbols and the scales of styles are meant for."""
SEA = "#e3eef0"
"""What lies under a picture on which the land is drawn."""
RGB_OF_8_BITS = (8, 2, 0, 0, 0)
"""Depth, colours, compression, filter and interlacing in a PNG's head."""


def picture_request(layers: tuple[tuple[Layer, Style], ...], viewer: Viewer, window: Window) -> MapRequest:
    """What is to be drawn of *window* for *viewer*: styles follow the scale on paper, whatever the resolution."""
    part = window.part
    pixels = min(DPI / 25.4, settings.MAP_MAX_SIDE / max(part.width, part.height))
    width = int(part.width * pixels)
    return MapRequest(
        layers=layers,
        viewer=viewer,
        srid=LEGAL_SRID,
        bbox=window.bounds,
        width=width,
        height=int(part.height * pixels),
        format="png24",
        background=Background(SEA) if any(isinstance(layer, Coast) for layer, _style in layers) else WHITE,
        scale_factor=PIXEL_MM * width / part.width,  # of whole pixels: at its limit a style is still drawn
        whole_labels=True,
    )


def put(canvas: Canvas, png: bytes, part: Part) -> None:
    """Lay a PNG of three colours over *part* of the page, edge on edge.

    Its compressed rows are what PDF calls Flate with PNG prediction: ten million pixels stay the megabytes that they
    are, and nothing is unpacked here.
    """
    canvas._doc.addForm("map", image_of(png))
    canvas.saveState()
    canvas.translate(part.left * MM, part.bottom * MM)
    canvas.scale(part.width * MM, part.height * MM)
    canvas.doForm("map")
    canvas.restoreState()


def image_of(png: bytes) -> PDFStream:
    parts = list(chunks(png))
    width, height, *kind = struct.unpack(">IIBBBBB", parts[0][1])
    if tuple(kind) != RGB_OF_8_BITS:
        raise ValueError("Only PNGs of three colours with 8 bits can be put into a sheet as they are.")
    rows = b"".join(body for name, body in parts if name == b"IDAT")
    prediction = {"Predictor": 15, "Colors": 3, "BitsPerComponent": 8, "Columns": width}
    about = {
        "Type": PDFName("XObject"),
        "Subtype": PDFName("Image"),
        "Width": width,
        "Height": height,
        "ColorSpace": PDFName("DeviceRGB"),
        "BitsPerComponent": 8,
        "Filter": PDFName("FlateDecode"),
        "DecodeParms": PDFDictionary(prediction),
    }
    return PDFStream(PDFDictionary(about), rows)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG by name."""
    at = 8
    while at < len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        yield name, png[at + 8 : at + 8 + size]
        at += size + 12
