"""What WMS requests may say, and what it means in x, y order, pixels and layers."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer, Style, registry
from gis.maps.drawing import ENCODINGS, USUAL_SWATCH, WHITE, Background, MapRequest, Swatch
from gis.ogc.common.boxes import read_numbers
from gis.ogc.common.crs import Bounds, Crs, find_crs, read_bounds
from gis.ogc.common.parameters import Parameters, invalid
from gis.problems import NotFound, Problem

VERSIONS = ("1.1.1", "1.3.0")
"""Lowest first."""
REQUESTS = {
    "getcapabilities": "GetCapabilities",
    "capabilities": "GetCapabilities",
    "getmap": "GetMap",
    "map": "GetMap",
    "getlegendgraphic": "GetLegendGraphic",
}
"""Without case, with the names of WMS 1.0 that 1.1.1 still knows."""
FORMATS = {encoding.media_type: name for name, encoding in ENCODINGS.items() if not encoding.inside}
MANNERS = {
    "INIMAGE": "inimage",
    "BLANK": "blank",
    "application/vnd.ogc.se_inimage": "inimage",
    "application/vnd.ogc.se_blank": "blank",
}
"""Values of EXCEPTIONS that are not XML, of both versions."""
PLAIN_DPI = 25.4 / 0.28
"""Pixels of 0.28 mm to the inch: the resolution that scales and sizes of symbols are meant for."""
DPI_LIMITS = (10, 1800)
LARGEST_SWATCH = 128


@dataclass(frozen=True)
class Failure:
    """How a client wants to hear that its request failed: XML, or a picture of this size."""

    manner: str = "xml"
    width: int = 0
    height: int = 0
    format: str = "png"
    background: Background = WHITE


def read_request(params: Parameters) -> str:
    """The operation by its proper name."""
    service = params.text("service", "WMS").strip()
    if service.upper() != "WMS":
        raise invalid("service", "WMS")
    asked = params.required("request")
    if asked.lower() not in REQUESTS:
        raise invalid("request", ", ".join(sorted(set(REQUESTS.values()))), code="OperationNotSupported")
    return REQUESTS[asked.lower()]


def offered_version(params: Parameters) -> str:
    """The version to answer GetCapabilities in: the asked one, else the next lower, else the lowest."""
    asked = _version_asked(params)
    if not asked:
        return VERSIONS[-1]
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", asked):
        raise invalid("version", ", ".join(VERSIONS))
    return max((version for version in VERSIONS if _parts(version) <= _parts(asked)), default=VERSIONS[0])


def spoken_version(params: Parameters) -> str:
    """The version whose form an error takes, however the request is spoilt."""
    try:
        asked = _version_asked(params)
    except Problem:
        asked = ""
    return VERSIONS[0] if asked.startswith(("1.0", "1.1")) else VERSIONS[-1]


def exact_version(params: Parameters) -> str:
    """The version of a GetMap request, which must name it."""
    asked = params.required("wmtver" if "version" not in params and "wmtver" in params else "version")
    if asked not in VERSIONS:
        raise invalid("version", ", ".join(VERSIONS))
    return asked


def read_map(params: Parameters, viewer: Viewer) -> MapRequest:
    """The picture that a GetMap request describes. Raises a `Problem` with the standard's exception code."""
    version = exact_version(params)
    refuse_foreign_styles(params)
    layers = read_layers(params, viewer)
    crs = read_crs(params, version)
    limit = settings.MAP_MAX_SIDE
    return MapRequest(
        layers=tuple(zip(layers, read_styles(params, layers), strict=True)),
        viewer=viewer,
        srid=crs.srid,
        bbox=read_bbox(params, crs, version),
        width=params.whole("width", 1, limit),
        height=params.whole("height", 1, limit),
        format=read_format(params),
        background=read_background(params),
        scale_factor=read_dpi(params) / PLAIN_DPI,
    )


def read_failure(params: Parameters) -> Failure:
    """Raises a `Problem` when not even the size and format of a picture can be read."""
    manner = MANNERS.get(params.text("exceptions").strip(), "xml")
    if manner == "xml":
        return Failure()
    limit = settings.MAP_MAX_SIDE
    size = params.whole("width", 1, limit), params.whole("height", 1, limit)
    return Failure(manner, *size, read_format(params), read_background(params))


def read_layers(params: Parameters, viewer: Viewer) -> list[Layer]:
    """LAYERS, the lowest first."""
    params.required("layers")
    names = params.listed("layers")
    if len(names) > settings.MAP_LAYER_LIMIT:
        raise invalid("layers", _("at most %d layers") % settings.MAP_LAYER_LIMIT)
    return [find_layer(name, viewer, "layers") for name in names]


def find_layer(name: str, viewer: Viewer, field: str) -> Layer:
    try:
        return registry.get(name, viewer)
    except NotFound:
        raise invalid(field, _("names of layers in the capabilities"), code="LayerNotDefined") from None


def read_styles(params: Parameters, layers: list[Layer]) -> list[Style]:
    """STYLES, one for each layer; none at all or an empty one is the default."""
    if "styles" not in params:
        params.required("styles")
    names = params.listed("styles") or [""] * len(layers)
    if len(names) != len(layers):
        raise invalid("styles", _("nothing, or as many styles as there are layers"))
    return [find_style(layer, name, "styles") for layer, name in zip(layers, names, strict=True)]


def find_style(layer: Layer, name: str, field: str) -> Style:
    style = layer.style(name)
    if style is None:
        known = ", ".join(known.name for known in layer.styles)
        raise invalid(field, f"{layer.name}: {known}", code="StyleNotDefined")
    return style


def read_crs(params: Parameters, version: str) -> Crs:
    """CRS, which 1.1.1 calls SRS and where it knows no CRS:84."""
    name, code = ("srs", "InvalidSRS") if version == "1.1.1" else ("crs", "InvalidCRS")
    asked = params.required(name)
    crs = find_crs(asked, field=name, code=code)
    if version == "1.1.1" and crs.name == "CRS:84":
        raise invalid(name, "EPSG:4326", code=code)
    return crs


def read_bbox(params: Parameters, crs: Crs, version: str) -> Bounds:
    """BBOX in x, y order; 1.3.0 writes it in the axis order of the CRS, 1.1.1 always x before y."""
    params.required("bbox")
    first, second, third, fourth = read_numbers(params.text("bbox"))
    box = (first, second, third, fourth)
    return read_bounds(crs.ordered(box) if version == "1.3.0" else box)


def read_format(params: Parameters) -> str:
    """FORMAT as one of ours; parameters of the media type may be spaced as one likes."""
    asked = re.sub(r"\s*;\s*", "; ", params.required("format").lower())
    if asked not in FORMATS:
        raise invalid("format", ", ".join(FORMATS), code="InvalidFormat")
    return FORMATS[asked]


def read_background(params: Parameters) -> Background:
    colour = params.text("bgcolor").strip() or "0xFFFFFF"
    if not re.fullmatch(r"0[xX][0-9a-fA-F]{6}", colour):
        raise invalid("bgcolor", "0xRRGGBB")
    return Background(f"#{colour[2:]}", params.flag("transparent"))


def read_dpi(params: Parameters) -> float:
    """The resolution that QGIS, MapServer's or GeoServer's clients ask for, each in its own words."""
    options = dict(pair.partition(":")[::2] for pair in params.text("format_options").lower().split(";"))
    asked = params.text("dpi") or params.text("map_resolution") or options.get("dpi", "")
    if not asked.strip():
        return PLAIN_DPI
    (dpi,) = read_numbers(asked, (1,), field="dpi")
    low, high = DPI_LIMITS
    if not low <= dpi <= high:
        raise invalid("dpi", f"{low} … {high}")
    return dpi


def read_swatch(params: Parameters) -> Swatch:
    """WIDTH and HEIGHT of one symbol in a legend."""
    return Swatch(
        params.whole("width", 4, LARGEST_SWATCH, USUAL_SWATCH.width),
        params.whole("height", 4, LARGEST_SWATCH, USUAL_SWATCH.height),
    )


def read_scale(params: Parameters) -> float | None:
    """SCALE, the denominator a legend is for."""
    if not params.text("scale").strip():
        return None
    (scale,) = read_numbers(params.text("scale"), (1,), field="scale")
    if scale <= 0:
        raise invalid("scale", _("a positive number"))
    return scale


def refuse_foreign_styles(params: Parameters) -> None:
    """No address is ever fetched and no style sheet of a client read."""
    for name in ("sld", "sld_body"):
        if params.text(name).strip():
            raise invalid(name, _("STYLES with a name from the capabilities"), code="OperationNotSupported")


def _version_asked(params: Parameters) -> str:
    return (params.text("version") or params.text("wmtver")).strip()


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
