"""The live map."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from gis.access.middleware import viewer_on
from gis.web.pages.map_config import map_config


@require_safe
@ensure_csrf_cookie
def live_map(request: HttpRequest) -> HttpResponse:
    """The map with the layers that this viewer may see; what it draws and says stands in the page as JSON."""
    response = render(request, "pages/map.html", {"config": map_config(viewer_on(request))})
    response["Cache-Control"] = "private, no-cache"
    return response
