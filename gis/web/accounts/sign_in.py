"""From a password, or a word of the identity provider, to a signed-in session, with everything that may stand between.

Either makes the session *half signed in*: it holds the account's id under a key of ours, and Django
knows of no user, so that every format answers it as the public. What is due then (a second factor, a password
of his own) is asked on pages of its own; only `advance` signs in, when nothing is due any more.
"""

import math
import time
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import load_backend, login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from gis.access import second_factor
from gis.access.models import SignInEvent, User
from gis.access.sign_in_events import note
from gis.web.accounts import mail

HALF = "half_signed_in"
"""Key of {"user", "hash", "at", "next", "second_factor", "failures", "keep"}."""
BACKEND = "django.contrib.auth.backends.ModelBackend"
"""What Django asks for the account of a session; it knows of no deactivated ones."""
HALF_SECONDS = 600
"""After which half a sign-in begins again."""
HALF_FAILURES = 10
"""Wrong codes after which it does."""


class SignIn(LoginView):
    """The sign-in page; a right password leads on to whatever is due."""

    template_name = "pages/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **other_ways()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)
        return begin_sign_in(self.request, user, self.get_success_url())


def other_ways() -> dict[str, Any]:
    """What the sign-in page offers beside a password."""
    return {
        "openid_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "sends_letters": mail.is_on(),
        "contact": settings.SUPPORT_CONTACT,
    }


def sign_in_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The sign-in page with something to say."""
    shown = {"form": AuthenticationForm(request), "next": "", **other_ways(), **context}
    return render(request, "pages/sign_in.html", shown, status=status)


def begin_sign_in(request: HttpRequest, user: User, next_page: str, keep: dict[str, Any] | None = None) -> HttpResponse:
    """Begin half a sign-in of *user*, who proved who he is. *keep*: what the session remembers when it is whole."""
    request.session.flush()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": next_page,
        "second_factor": False,
        "failures": 0,
        "keep": keep or {},
    }
    return advance(request, user)


def half_signed_in(request: HttpRequest) -> User | None:
    """Whose sign-in is under way in this session, if it still is."""
    half = request.session.get(HALF)
    if not half or time.time() - half["at"] > HALF_SECONDS or half["failures"] >= HALF_FAILURES:
        return None
    user = load_backend(BACKEND).get_user(half["user"])
    if not isinstance(user, User) or not user.is_active:
        return None
    return user if constant_time_compare(user.get_session_auth_hash(), half["hash"]) else None


def advance(request: HttpRequest, user: User) -> HttpResponse:
    """Lead to what is due next; sign in where nothing is."""
    half = request.session[HALF]
    if second_factor.is_on() and not half["second_factor"]:
        if second_factor.device_of(user):
            if half["failures"] == 0:
                note(SignInEvent.Kind.HALF, user, request)
            return redirect("second_factor")
        if second_factor.demanded(user):
            return redirect("enrol_second_factor")
    if user.must_change_password:
        return redirect("first_password")
    login(request, user, backend=BACKEND)
    request.session.pop(HALF, None)
    request.session.update(half["keep"])
    if half["second_factor"]:
        request.session[second_factor.PASSED] = True
    return redirect(half["next"])


def second_factor_was_right(request: HttpRequest) -> None:
    request.session[HALF] = {**request.session[HALF], "second_factor": True}


def second_factor_was_wrong(request: HttpRequest, user: User) -> None:
    half = request.session[HALF]
    request.session[HALF] = {**half, "failures": half["failures"] + 1}
    note(SignInEvent.Kind.SECOND_FACTOR_FAILURE, user, request)


def password_was_changed(request: HttpRequest, user: User) -> None:
    """Half a sign-in survives its own change of password."""
    request.session[HALF] = {**request.session[HALF], "hash": user.get_session_auth_hash()}


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What a locked account is answered, and a name that is none alike (setting `AXES_LOCKOUT_CALLABLE`)."""
    minutes = minutes_left((credentials or {}).get("username"))
    response = sign_in_page(request, 429, locked_minutes=minutes, next=request.POST.get("next", ""))
    response["Retry-After"] = str(minutes * 60)
    return response


def minutes_left(username: str | None) -> int:
    """Minutes until the name may be tried again, rounded up."""
    newest: datetime | None = AccessAttempt.objects.filter(username=username).aggregate(at=Max("attempt_time"))["at"]
    if newest is None:
        return int(settings.LOCKOUT_MINUTES)
    left = newest + timedelta(minutes=settings.LOCKOUT_MINUTES) - timezone.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))


def forget_failures(user: User) -> None:
    """End a lock of his sign-ins: he proved who he is by a link."""
    AccessAttempt.objects.filter(username=user.username).delete()


def is_locked(user: User) -> bool:
    """Whether the account's sign-ins are refused right now, from one address at least."""
    since = timezone.now() - timedelta(minutes=settings.LOCKOUT_MINUTES)
    attempts = AccessAttempt.objects.filter(username=user.username, attempt_time__gte=since)
    failures: int = sum(attempts.values_list("failures_since_start", flat=True))
    return failures >= int(settings.LOCKOUT_FAILURES)
