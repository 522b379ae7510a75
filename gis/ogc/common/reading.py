"""Addresses that are only read: which methods they answer, and in which formats."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from gis.problems import NotAcceptable, NotAllowed, Problem, problem_response

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

METHODS = "GET, HEAD, OPTIONS"


def reading(*kinds: str) -> Callable[[View[P]], View[P]]:
    """Make a view answer GET, HEAD and OPTIONS alone, and only clients that take one of the media types *kinds*.

    A parameter `f` overrides what the client says it accepts; whether it is known is the view's to say.
    """

    def make(view: View[P]) -> View[P]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return HttpResponse(headers={"Allow": METHODS})
            if request.method not in ("GET", "HEAD"):
                refusal = problem_response(NotAllowed(expected=METHODS))
                refusal["Allow"] = METHODS
                return refusal
            if "f" not in request.GET and not takes(request, kinds):
                raise NotAcceptable(field="Accept", expected=", ".join(kinds))
            try:
                return view(request, *args, **kwargs)
            except Problem as problem:
                problem.extra.pop("ows_code", None)  # a word of the older protocols
                raise

        return answer

    return make


def takes(request: HttpRequest, kinds: tuple[str, ...]) -> bool:
    """Whether the client accepts one of *kinds*; parameters such as a charset are passed over."""
    accepted = {part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")}
    offered = [kind.partition(";")[0] for kind in kinds]
    ranges = {"*/*", "", *offered, *(f"{kind.partition('/')[0]}/*" for kind in offered)}
    return not accepted.isdisjoint(ranges)
