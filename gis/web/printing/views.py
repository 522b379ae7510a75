"""`/print`: a map of some layers on one sheet of paper."""

import threading

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gis.access.middleware import viewer_on
from gis.access.models import User
from gis.maps.drawing import MapRequest, render
from gis.problems import Unavailable
from gis.web.printing.document import Sheet, pdf_of, window_of
from gis.web.printing.legend import entries_of
from gis.web.printing.params import read_order
from gis.web.printing.picture import picture_request

PATIENCE = 20.0
"""Seconds that a sheet waits for others that are being drawn."""
_seats = threading.BoundedSemaphore(max(settings.MAP_WORKERS - 1, 1))
"""Sheets take seconds: so many at a time leave a drawing process free for the maps on screens."""


@csrf_exempt  # it changes nothing, and an answer to another site's form stays unread there
@require_http_methods(["GET", "HEAD", "POST"])
def print_map(request: HttpRequest) -> HttpResponse:
    """The sheet as PDF, with what this viewer may see. POST is for those whose title makes the address too long."""
    viewer = viewer_on(request)
    order = read_order(request.POST if request.method == "POST" else request.GET, viewer)
    window = window_of(order)
    with translation.override(order.language):
        picture = _drawn(picture_request(order.layers, viewer, window))
        sheet = Sheet(order, entries_of(order.layers, viewer, window), timezone.now(), _name(request))
        document = pdf_of(sheet, picture)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="halong-{order.paper}-{order.scale}.pdf"'
    response["Content-Language"] = order.language
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn(picture: MapRequest) -> bytes:
    """The picture, when its turn has come. Raises `Unavailable` when too many others are before it."""
    if not _seats.acquire(timeout=PATIENCE):
        raise Unavailable(_("Too many maps are being printed. Try again in a moment."))
    try:
        return render(picture)
    finally:
        _seats.release()


def _name(request: HttpRequest) -> str:
    """Who prints, as the sheet names him; empty where the session is the public's."""
    if not viewer_on(request).signed_in or not isinstance(request.user, User):
        return ""
    name = request.user.get_full_name()
    return f"{name} ({request.user.username})" if name else request.user.username
