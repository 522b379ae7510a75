"""Who may keep an answer, and for how long."""

from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers

Answer = TypeVar("Answer", bound=HttpResponseBase)

SHARED_SECONDS = 60
"""A change is seen by everybody within a minute, even behind a cache that hears nothing of it."""


def let_keep(response: Answer, *, personal: bool, seconds: int = SHARED_SECONDS) -> Answer:
    """Mark *response* as everybody's for *seconds* (0: to be asked for anew), or as this viewer's own."""
    shared = f"public, max-age={seconds}" if seconds else "no-cache"
    response["Cache-Control"] = "private, no-cache" if personal else shared
    patch_vary_headers(response, ("Cookie", "Authorization"))
    return response
