"""Keeps an account of signing in: who, when, from where, with what result; passwords never."""

import time
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from gis.access.addresses import client_address, client_agent
from gis.access.models import SignInEvent, User
from gis.access.sessions import SEEN

Kind = SignInEvent.Kind


def note(kind: Kind, user: User | None, request: HttpRequest | None) -> None:
    """Write one event."""
    SignInEvent.objects.create(
        kind=kind,
        user=user,
        address=client_address(request) if request else None,
        agent=client_agent(request) if request else "",
    )


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest | None, user: User, **_rest: Any) -> None:
    if request is None or not hasattr(request, "session"):
        return
    seen = {"address": client_address(request), "agent": client_agent(request), "at": int(time.time())}
    request.session[SEEN] = seen
    note(Kind.SUCCESS, user, request)


@receiver(user_logged_out)
def signed_out(sender: Any, request: HttpRequest | None, user: User | None, **_rest: Any) -> None:
    if user is not None:
        note(Kind.SIGN_OUT, user, request)


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any) -> None:
    note(Kind.FAILURE, _account(credentials.get("username")), request)


@receiver(user_locked_out)
def locked(sender: Any, request: HttpRequest, username: str | None, **_rest: Any) -> None:
    """Once when the lock begins; attempts meanwhile are noted as failures."""
    if getattr(request, "axes_failures_since_start", None):
        note(Kind.LOCKED, _account(username), request)


def _account(username: str | None) -> User | None:
    return User.objects.filter(username=username).first() if username else None
