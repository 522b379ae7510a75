"""Puts the viewer on the request, so that views never ask a user for his rights, and keeps the caller's address for the
audit."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from gis.access.addresses import address_under_way, client_address
from gis.access.grants import viewer_in_session
from gis.access.viewer import Viewer


class ViewerMiddleware:
    """Sets `request.viewer`; read from the database only when somebody asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: viewer_in_session(request.user, request.session)
        )
        token = address_under_way.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            address_under_way.reset(token)


def viewer_on(request: HttpRequest) -> Viewer:
    """The viewer that the middleware put there."""
    return cast(Viewer, request.viewer)  # type: ignore[attr-defined]
