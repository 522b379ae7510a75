"""Vietnamese first: only the page's own switch changes the language, never what a browser prefers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def language_of(request: HttpRequest) -> str:
    """The language chosen by the switch (Django's `set_language` keeps it in a cookie), else Vietnamese.

    Most browsers here are set up in English by default: `Accept-Language` tells nothing of their readers.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    try:
        return translation.get_supported_language_variant(chosen)
    except LookupError:
        return settings.LANGUAGE_CODE


class LanguageMiddleware:
    """Answers each request in the language of `language_of`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        # Not undone afterwards: a streamed answer is written when this function has long returned.
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
