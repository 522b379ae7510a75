"""The door of the service: one address, one operation a request, errors in the client's form."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from gis.access.middleware import viewer_on
from gis.layers.registry import all_layers
from gis.maps.drawing import ENCODINGS, legend_of, render
from gis.ogc.common.addresses import public_address
from gis.ogc.common.caching import let_keep
from gis.ogc.common.parameters import Parameters, invalid
from gis.ogc.wms import operations, params
from gis.problems import NotAllowed, Problem

CAPABILITIES_TYPES = {"1.1.1": "application/vnd.ogc.wms_xml", "1.3.0": "text/xml; charset=utf-8"}
EXCEPTION_TYPES = {"1.1.1": "application/vnd.ogc.se_xml", "1.3.0": "text/xml; charset=utf-8"}


@csrf_exempt
def wms(request: HttpRequest) -> HttpResponse:
    """GetCapabilities, GetMap or GetLegendGraphic by GET; a `Problem` becomes a ServiceExceptionReport."""
    asked = Parameters(request.GET)
    try:
        if request.method not in ("GET", "HEAD"):
            raise NotAllowed(expected="GET", ows_code="OperationNotSupported")
        return OPERATIONS[params.read_request(asked)](request, asked)
    except Problem as problem:
        return failed(asked, problem)


def get_capabilities(request: HttpRequest, asked: Parameters) -> HttpResponse:
    version = params.offered_version(asked)
    viewer = viewer_on(request)
    text = operations.capabilities(version, viewer, public_address(request) + "?")
    response = HttpResponse(text, content_type=CAPABILITIES_TYPES[version])
    return let_keep(response, personal=any(layer.areas_of(viewer) for layer in all_layers(viewer)))


def get_map(request: HttpRequest, asked: Parameters) -> HttpResponse:
    picture = params.read_map(asked, viewer_on(request))
    response = HttpResponse(render(picture), content_type=ENCODINGS[picture.format].media_type)
    live = any(layer.live_topic for layer, _style in picture.layers)
    return let_keep(response, personal=picture.personal, **({"seconds": 0} if live else {}))


def get_legend_graphic(request: HttpRequest, asked: Parameters) -> HttpResponse:
    params.refuse_foreign_styles(asked)
    layer = params.find_layer(asked.required("layer"), viewer_on(request), "layer")
    style = params.find_style(layer, asked.text("style").strip(), "style")
    if params.read_format(asked) != "png":
        raise invalid("format", "image/png", code="InvalidFormat")
    legend = legend_of(
        layer,
        style,
        swatch=params.read_swatch(asked),
        scale=params.read_scale(asked),
        background=params.read_background(asked),
    )
    return let_keep(HttpResponse(legend.picture, content_type="image/png"), personal=layer.readers is not None)


OPERATIONS: dict[str, Callable[[HttpRequest, Parameters], HttpResponse]] = {
    "GetCapabilities": get_capabilities,
    "GetMap": get_map,
    "GetLegendGraphic": get_legend_graphic,
}


def failed(asked: Parameters, problem: Problem) -> HttpResponse:
    """*problem* as the client wants it: in XML, or as a picture where it asked for one that can be made."""
    try:
        failure = params.read_failure(asked)
    except Problem:
        failure = params.Failure()
    if failure.manner != "xml" and problem.status < 500:
        response = HttpResponse(
            operations.failure_picture(failure, problem), content_type=ENCODINGS[failure.format].media_type
        )
    else:
        version = params.spoken_version(asked)
        response = HttpResponse(
            operations.report(version, problem), content_type=EXCEPTION_TYPES[version], status=problem.status
        )
    response["Cache-Control"] = "no-store"
    return response
