"""The address of the briefing."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from disaster.briefing.page import briefing_page
from gis.access.middleware import viewer_on


@require_safe
def briefing(request: HttpRequest, storm: int) -> HttpResponse:
    """The page as this viewer may see it: a file to be kept, sent and opened anywhere."""
    page, policy = briefing_page(storm, viewer_on(request))
    response = HttpResponse(page)
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'inline; filename="briefing-{storm}.html"'
    return response
