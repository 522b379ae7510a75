"""`GET /live/`: the event stream, as a bare ASGI application beside Django."""

from importlib import import_module
from io import BytesIO
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from gis.access.grants import viewer_in_session
from gis.access.language import language_of
from gis.access.viewer import Viewer
from gis.live.asking import topics_asked
from gis.live.hub import Hub
from gis.live.stream import Receive, Send, Stream
from gis.problems import BadParameter, NotAllowed, Problem, Unavailable, problem_response

Scope = dict[str, Any]

NUMBER_DIGITS = 18
RETRY_AFTER_SECONDS = "5"


async def serve(hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request to the stream's address: news for as long as the viewer stays, or a problem."""
    request = ASGIRequest(scope, BytesIO())
    with translation.override(language_of(request)):
        try:
            after = read_request(request)
            begin = await hub.admit()
            viewer = await who_asks(hub, request)
            audiences = {topic.name: topic.audience(viewer) for topic in topics_asked(request, viewer)}
            stream = Stream(audiences, begin if after is None else after, send, viewer.user_id)
            await hub.join(stream, begin)
        except Problem as problem:
            await answer(problem_answer(problem), send)
            return
    try:
        await stream.serve(receive)
    finally:
        hub.leave(stream)


def read_request(request: ASGIRequest) -> int | None:
    """The number of the last event the viewer knows, of a request that is one. Raises `Problem`."""
    try:
        request.get_host()
    except DisallowedHost:
        raise BadParameter(_("This service does not answer to this name."), field="Host") from None
    if request.method != "GET":
        raise NotAllowed(expected="GET")
    return last_known(request)


def last_known(request: ASGIRequest) -> int | None:
    """`Last-Event-ID`, which a browser sends when it comes back, over `after=` of its first address."""
    header, parameter = request.headers.get("Last-Event-ID"), request.GET.get("after")
    field, text = ("Last-Event-ID", header) if header else ("after", parameter)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        expected = _("an id of the stream, or the snapshot's as_of")
        raise BadParameter(_("This is no number of an event."), field=field, expected=expected)
    return int(text)


async def who_asks(hub: Hub, request: ASGIRequest) -> Viewer:
    """The viewer behind the session cookie; the public costs no query. Raises `Unavailable`."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return await hub.in_thread(viewer_of_session, request, key) if key else Viewer.public()


def viewer_of_session(request: ASGIRequest, key: str) -> Viewer:
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return viewer_in_session(get_user(request), request.session)


def problem_answer(problem: Problem) -> HttpResponseBase:
    response = problem_response(problem)
    if isinstance(problem, NotAllowed):
        response["Allow"] = "GET"
    if isinstance(problem, Unavailable):
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


async def answer(response: HttpResponseBase, send: Send) -> None:
    """Send a finished Django response."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": cast(Any, response).content, "more_body": False})
