"""The public addresses that documents name."""

from django.conf import settings
from django.http import HttpRequest


def public_address(request: HttpRequest, path: str | None = None) -> str:
    """*path* (or the request's own) as clients reach it: below PUBLIC_URL, else on the checked host."""
    base: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return base + (path or request.path)
