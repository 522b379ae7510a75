"""Every way a request, a form or a row can be wrong, and how it is told.

One `Problem` becomes an RFC 9457 document for programs, a page for people, a ServiceException in WMS
and a row of an import's ledger. Its text never shows SQL, paths or tracebacks.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

log = logging.getLogger(__name__)

Text = str | Promise


class Problem(Exception):
    """Something a client can mend; `field` names the parameter, column or row, `expected` what fits there."""

    status = 400
    code = "bad-request"
    title: Text = gettext_lazy("The request cannot be understood")

    def __init__(
        self, detail: Text = "", *, field: str | None = None, expected: Text | None = None, **extra: Any
    ) -> None:
        self.detail = str(detail or self.title)
        self.field = field
        self.expected = str(expected) if expected is not None else None
        self.extra = extra
        super().__init__(self.detail)

    def __str__(self) -> str:
        subject = f"{self.field}: " if self.field else ""
        wanted = _(" (expected: %s)") % self.expected if self.expected else ""
        return f"{subject}{self.detail}{wanted}"

    def as_json(self) -> dict[str, Any]:
        """The members of an RFC 9457 problem document."""
        members: dict[str, Any] = {
            "type": f"urn:halong:problem:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": self.detail,
        }
        if self.field:
            members["field"] = self.field
        if self.expected:
            members["expected"] = self.expected
        return {**self.extra, **members}


class BadParameter(Problem):
    """A parameter is missing, malformed or out of range."""

    code = "bad-parameter"
    title = gettext_lazy("A parameter is not as expected")


class SignInNeeded(Problem):
    """Only signed-in users may do this."""

    status = 401
    code = "sign-in-needed"
    title = gettext_lazy("Sign in first")


class Forbidden(Problem):
    """The user is known, but his roles and areas do not allow it."""

    status = 403
    code = "forbidden"
    title = gettext_lazy("Your roles do not allow this")


class NotFound(Problem):
    """Nothing is there, or the viewer may not know of it: the two answer alike."""

    status = 404
    code = "not-found"
    title = gettext_lazy("Nothing was found here")


class NotAllowed(Problem):
    """The address exists, the method does not fit it."""

    status = 405
    code = "method-not-allowed"
    title = gettext_lazy("This method is not allowed here")


class NotAcceptable(Problem):
    """No format that the client accepts can be made."""

    status = 406
    code = "not-acceptable"
    title = gettext_lazy("This format is not offered")


class Conflict(Problem):
    """The change contradicts what is stored."""

    status = 409
    code = "conflict"
    title = gettext_lazy("The change contradicts what is stored")


class Stale(Problem):
    """Somebody else changed the record since it was read; `current` is its version now."""

    status = 412
    code = "stale"
    title = gettext_lazy("The record has changed since you read it")


class TooLarge(Problem):
    """More was asked or sent than a limit allows; the limit is in the text."""

    status = 413
    code = "too-large"
    title = gettext_lazy("More than the limit allows")


class Invalid(Problem):
    """A value of a form, a body or an imported row is wrong."""

    status = 422
    code = "invalid"
    title = gettext_lazy("A value is not valid")


class RuleRefused(Problem):
    """A rule refuses the change; extra: `rule`, `measured`, `limit`, `citation`."""

    status = 422
    code = "rule-refused"
    title = gettext_lazy("A rule refuses the change")


class PreconditionNeeded(Problem):
    """The change must name the version it was made from (If-Match)."""

    status = 428
    code = "precondition-needed"
    title = gettext_lazy("The change must name the version it was made from")


class Unavailable(Problem):
    """The service is too busy, or a part of it is down; trying again later may work."""

    status = 503
    code = "unavailable"
    title = gettext_lazy("The service is not available right now")


def problem_response(problem: Problem) -> JsonResponse:
    """*problem* as `application/problem+json`."""
    response = JsonResponse(
        problem.as_json(),
        status=problem.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    return response


def wants_page(request: HttpRequest) -> bool:
    """Whether a person with a browser asks (prefers HTML to JSON)."""
    return request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    page = loader.render_to_string("pages/problem.html", {"problem": problem}, request)
    return HttpResponse(page, status=problem.status)


class ProblemMiddleware:
    """Turns a `Problem` raised by a view into its answer, and a crash into one that says nothing of the inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:  # no name that we store can hold it, and PostgreSQL refuses it as a value
            return _answer(request, NotFound())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Problem):
            return None
        return problem_page(request, error) if wants_page(request) else problem_response(error)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        return _answer(request, TooLarge(_("A body is at most %d MiB large.") % limit))
    return _answer(request, Problem())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, Forbidden())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: the log has the traceback, the client has none of it."""
    return problem_response(Unavailable(_("Something went wrong on our side. It has been logged.")))


def _answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_page(request, problem) if wants_page(request) else problem_response(problem)
