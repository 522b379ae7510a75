"""Where a request comes from."""

import ipaddress
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

AGENT_LENGTH = 200

address_under_way: ContextVar[str | None] = ContextVar("address_under_way", default=None)
"""The address of the request that is being answered; None outside of one."""


def client_address(request: HttpRequest) -> str | None:
    """The caller's address: the connection's own, or what the outermost trusted proxy saw (`TRUSTED_PROXIES`).

    Proxies append to X-Forwarded-For, so that only its last entries are theirs; what stands before them is
    whatever the caller wrote. None where there is no address at all.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        address = seen[-settings.TRUSTED_PROXIES] if len(seen) >= settings.TRUSTED_PROXIES else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def client_agent(request: HttpRequest) -> str:
    """What the browser calls itself, cut to what is kept."""
    agent: str = request.META.get("HTTP_USER_AGENT", "")
    return agent.replace("\0", "")[:AGENT_LENGTH]
