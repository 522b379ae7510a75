"""What every page's head needs: the domains to go to."""

from typing import Any

from django.http import HttpRequest

from gis.access.viewer import Viewer
from gis.web.pages.addresses import Links, domains


def navigation(request: HttpRequest) -> dict[str, Any]:
    def more() -> Links:
        """Called by pages that show it; an address refused before its viewer was known has none."""
        viewer = getattr(request, "viewer", None) or Viewer.public()
        return [link for domain in domains() for link in domain.more(viewer)]

    return {"domains": domains(), "more": more}
