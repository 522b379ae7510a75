"""What the service answers: capabilities, pictures, legends, exceptions."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template import Context, Engine
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID
from gis.layers import Layer, Style
from gis.layers.credits import credit_line
from gis.layers.query import Box
from gis.layers.registry import all_layers
from gis.maps.drawing import Legend, blank, legend_of, notice
from gis.ogc.common.crs import CRS84, Bounds, Crs, offered
from gis.ogc.common.extents import extent_of, stored_extent_of
from gis.ogc.wms.params import FORMATS, Failure
from gis.problems import Problem

DEGREE_DIGITS = 7
METRE_DIGITS = 2
PIXEL_M = 0.00028
"""Side of the pixel that scale denominators are meant for, metres."""


@dataclass(frozen=True)
class BoxEntry:
    """A bounding box in a document, written in the order and with the digits of its system."""

    crs: str
    minx: str
    miny: str
    maxx: str
    maxy: str


@dataclass(frozen=True)
class StyleEntry:
    name: str
    title: str
    legend: Legend
    legend_url: str


@dataclass(frozen=True)
class LayerEntry:
    """A layer in the capabilities; its scale as a denominator (1.3.0) and a pixel's diagonal (1.1.1)."""

    layer: Layer
    credits: str
    around: BoxEntry | None
    boxes: list[BoxEntry]
    styles: list[StyleEntry]
    max_scale: str
    max_hint: str


def capabilities(version: str, viewer: Viewer, address: str) -> str:
    """The capabilities document of *version* for *viewer*; *address* is the service's own, ending in `?`."""
    systems = [crs for crs in offered() if version == "1.3.0" or crs != CRS84]
    layers = [describe(layer, viewer, version, systems, address) for layer in all_layers(viewer)]
    everything = joined(extent for layer in all_layers(viewer) if (extent := extent_of(layer, viewer)))
    return document(
        f"capabilities_{version}.xml",
        {
            "title": _("Halong: the open map of Quảng Ninh"),
            "abstract": _(
                "Published layers of the coastal province of Quảng Ninh."
                " For illustration: not legal boundaries."
                " Coordinates beyond 180 degrees east or west are not wrapped round."
            ),
            "constraints": _("For illustration only: the outlines are not legal boundaries."),
            "credits": credit_line(all_layers(viewer)),
            "address": address,
            "groups": grouped(layers),
            "systems": [crs.name for crs in systems],
            "around": written(CRS84, everything[:4]),
            "boxes": boxes_of(everything, version, systems),
            "formats": list(FORMATS),
            "side": str(settings.MAP_MAX_SIDE),
            "layer_limit": str(settings.MAP_LAYER_LIMIT),
        },
    )


def describe(layer: Layer, viewer: Viewer, version: str, systems: list[Crs], address: str) -> LayerEntry:
    extent = stored_extent_of(layer, viewer)
    scale = layer.max_scale
    return LayerEntry(
        layer=layer,
        credits=credit_line([layer]),
        around=written(CRS84, CRS84.around(extent)) if extent else None,
        boxes=boxes_of(extent, version, systems) if extent else [],
        styles=[describe_style(layer, style, version, address) for style in layer.styles],
        max_scale=f"{scale:.10g}" if scale is not None else "",
        max_hint=f"{scale * PIXEL_M * math.sqrt(2):.10g}" if scale is not None else "",
    )


def describe_style(layer: Layer, style: Style, version: str, address: str) -> StyleEntry:
    query = urlencode(
        {
            "service": "WMS",
            "version": version,
            "request": "GetLegendGraphic",
            "sld_version": "1.1.0",
            "format": "image/png",
            "layer": layer.name,
            "style": style.name,
        }
    )
    return StyleEntry(style.name, str(style.title), legend_of(layer, style), address + query)


def boxes_of(box: Box, version: str, systems: list[Crs]) -> list[BoxEntry]:
    """*box* in every system, in the axis order that *version* wants."""
    return [written(crs, crs.around(box), flip=version == "1.3.0") for crs in systems]


def written(crs: Crs, box: Bounds, *, flip: bool = True) -> BoxEntry:
    """*box* (x, y) with digits rounded outwards, so that nothing lies outside; degrees to a centimetre."""
    digits = DEGREE_DIGITS if max(map(abs, box)) <= 360 else METRE_DIGITS
    low, high = (
        [f"{turn(value * 10**digits) / 10**digits:.{digits}f}" for value in corner]
        for turn, corner in ((math.floor, box[:2]), (math.ceil, box[2:]))
    )
    minx, miny, maxx, maxy = (*low, *high)
    if flip and crs.flipped:
        return BoxEntry(crs.name, miny, minx, maxy, maxx)
    return BoxEntry(crs.name, minx, miny, maxx, maxy)


def joined(boxes: Iterable[Bounds]) -> Box:
    """The box in degrees around all *boxes*; the whole world where there is none."""
    found = list(boxes)
    if not found:
        return Box(-180.0, -90.0, 180.0, 90.0, WGS84_SRID)
    wests, souths, easts, norths = zip(*found, strict=True)
    return Box(min(wests), min(souths), max(easts), max(norths), WGS84_SRID)


def grouped(entries: list[LayerEntry]) -> list[tuple[str, list[LayerEntry]]]:
    """The layers under their headings; within one, in drawing order."""
    ordered = sorted(entries, key=lambda entry: str(entry.layer.group))
    return [(heading, list(found)) for heading, found in groupby(ordered, key=lambda entry: str(entry.layer.group))]


def report(version: str, problem: Problem) -> str:
    """*problem* as a ServiceExceptionReport."""
    code = problem.extra.get("ows_code") or ("InvalidParameterValue" if problem.status in (400, 413) else "")
    return document(f"exception_{version}.xml", {"code": code, "locator": problem.field or "", "text": str(problem)})


def failure_picture(failure: Failure, problem: Problem) -> bytes:
    """*problem* written into a picture, or a blank one."""
    size = failure.width, failure.height
    if failure.manner == "blank":
        return blank(*size, failure.background, failure.format)
    return notice(str(problem), *size, failure.background, failure.format)


def document(name: str, values: dict[str, Any]) -> str:
    """The document *name* with *values* in it, every one of them escaped."""
    return _documents().get_template(name).render(Context(values))


@lru_cache(maxsize=1)
def _documents() -> Engine:
    return Engine(dirs=[str(Path(__file__).parent / "documents")])
