"""What every page's head needs: the domains to go to."""

from django.http import HttpRequest

from gis.web.pages.addresses import Domain, domains


def navigation(request: HttpRequest) -> dict[str, list[Domain]]:
    return {"domains": domains()}
