"""What REST views read from a request besides its body."""

import re

from django.utils.translation import gettext as _
from rest_framework.request import Request

from gis.access.middleware import viewer_on
from gis.access.viewer import Viewer
from gis.problems import BadParameter, PreconditionNeeded

ETAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def viewer_in(request: Request) -> Viewer:
    return viewer_on(request._request)


def version_in(request: Request) -> int:
    """The version that the change was made from (If-Match). Raises `PreconditionNeeded` or `BadParameter`."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionNeeded(field="If-Match", expected=_("the ETag of the record as you read it"))
    match = ETAG.match(header.strip())
    if match is None:
        raise BadParameter(_("This is not an ETag of ours."), field="If-Match", expected='"3"')
    return int(match.group(1))
