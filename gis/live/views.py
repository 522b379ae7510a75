"""The snapshot. (The stream itself is no Django view: see `gis.live.endpoint`.)"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gis.access.middleware import viewer_on
from gis.live.asking import topics_asked
from gis.live.snapshot import snapshot


@require_safe
def present_state(request: HttpRequest) -> HttpResponse:
    """`?topics=a,b`; made whole before it is sent, so that a slow client holds no transaction open."""
    viewer = viewer_on(request)
    text = snapshot(topics_asked(request), viewer)
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": "no-store"})
