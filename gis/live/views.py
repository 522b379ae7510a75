"""The snapshot. (The stream itself is no Django view: see `gis.live.endpoint`.)"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from gis.access.middleware import viewer_on
from gis.live.asking import topics_asked
from gis.live.snapshot import read_snapshot


@require_safe
def present_state(request: HttpRequest) -> JsonResponse:
    """`?topics=a,b`; made whole before it is sent, so that a slow client holds no transaction open."""
    viewer = viewer_on(request)
    state = read_snapshot(topics_asked(request, viewer), viewer)
    return JsonResponse(state, json_dumps_params={"ensure_ascii": False}, headers={"Cache-Control": "no-store"})
