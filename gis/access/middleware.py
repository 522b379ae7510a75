"""Puts the viewer on the request, so that views never ask a user for his rights."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

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
        return self.get_response(request)


def viewer_on(request: HttpRequest) -> Viewer:
    """The viewer that the middleware put there."""
    return cast(Viewer, request.viewer)  # type: ignore[attr-defined]
