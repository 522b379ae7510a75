"""Who may keep an answer, and for how long."""

from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.cache import patch_vary_headers

SHARED_SECONDS = 60
"""A change is seen by everybody within a minute, even behind a cache that hears nothing of it."""

Answer = TypeVar("Answer", bound=HttpResponseBase)


def let_keep(response: Answer, *, personal: bool, seconds: int = SHARED_SECONDS) -> Answer:
    """Mark *response* as everybody's for *seconds*, or as this viewer's own."""
    response["Cache-Control"] = "private, no-cache" if personal else f"public, max-age={seconds}"
    patch_vary_headers(response, ("Cookie", "Authorization"))
    return response
