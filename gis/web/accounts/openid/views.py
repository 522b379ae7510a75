"""To the identity provider and back."""

import logging
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from gis.access.models import SignInEvent, User
from gis.access.sign_in_events import note
from gis.problems import NotFound, Problem
from gis.web.accounts.openid.people import Invited, account_of, take_roles
from gis.web.accounts.openid.provider import NotBelieved, Provider
from gis.web.accounts.sign_in import begin_sign_in, sign_in_page

log = logging.getLogger(__name__)

STATES = "oidc_states"
"""Key in a session of the requests that are under way, as mozilla-django-oidc keeps them."""
NEXT = "oidc_login_next"
INVITED = "openid_invited"
THROUGH = "through_provider"
"""Key in a session that came through the provider."""
REQUEST_SECONDS = 600
"""After which a request to the provider is answered too late."""


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


class Begin(OIDCAuthenticationRequestView):
    """Send the browser to the provider with state, nonce and PKCE; `next` leads only to pages of this service."""

    def __init__(self, **kwargs: Any) -> None:
        if not is_on():
            raise NotFound
        super().__init__(**kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            request.session.set_expiry(REQUEST_SECONDS)
        _remember_invitation(request)
        response: HttpResponse = super().get(request)
        response["Cache-Control"] = "no-store"
        return response

    def get_extra_params(self, request: HttpRequest) -> dict[str, str]:
        return {"redirect_uri": callback_address(request)}


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the browser back to. What is due after a password is due after this too."""
    if not is_on():
        raise NotFound
    under_way = _request_answered(request)
    if under_way is None:
        return refused(request, _("This sign-in was not begun here, or took too long: begin again."), 400)
    code = request.GET.get("code", "")
    if not code:
        return refused(request, _("The provider let nobody in, or it was broken off there."), 403)
    try:
        claims = Provider().claims_for(
            code,
            redirect_uri=callback_address(request),
            nonce=under_way["nonce"],
            verifier=under_way["code_verifier"],
        )
    except NotBelieved as fault:
        log.warning("A sign-in through the identity provider was refused: %s", fault)
        return refused(request, _("The provider's answer cannot be relied on: nobody was signed in."), 502)
    return _let_in(request, claims)


def _let_in(request: HttpRequest, claims: dict[str, Any]) -> HttpResponse:
    try:
        user = account_of(claims, _invitation(request))
        if user is None:
            words = _("The provider knows you, but no account here is yours. Give an administrator this identifier:")
            return refused(request, words, 403, subject=str(claims["sub"]))
        if not user.is_active:
            return refused(request, _("This account is deactivated."), 403, user=user)
        take_roles(user, claims)
    except Problem as problem:
        log.warning("A sign-in through the identity provider was refused: %s", problem)
        return refused(request, problem.detail, 403)
    next_page = request.session.get(NEXT) or resolve_url(settings.LOGIN_REDIRECT_URL)
    return begin_sign_in(request, user, next_page, keep={THROUGH: True})


def refused(
    request: HttpRequest, words: str, status: int, *, subject: str = "", user: User | None = None
) -> HttpResponse:
    """The sign-in page with what went wrong."""
    note(SignInEvent.Kind.FAILURE, user, request)
    return sign_in_page(request, status, openid_fault=words, openid_subject=subject)


def callback_address(request: HttpRequest) -> str:
    """As the provider knows it: below `PUBLIC_URL` where that is set."""
    path = reverse("openid_callback")
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _request_answered(request: HttpRequest) -> dict[str, Any] | None:
    """The request that this browser made under the state that came back; it is answered once."""
    states = request.session.get(STATES) or {}
    found: dict[str, Any] | None = states.pop(request.GET.get("state", ""), None)
    if found is None:
        return None
    request.session[STATES] = states
    return found if time.time() - found["added_on"] <= REQUEST_SECONDS else None


def _remember_invitation(request: HttpRequest) -> None:
    """The account whose invitation is open in this browser, where the page with it led here."""
    request.session.pop(INVITED, None)
    token = request.session.get(INTERNAL_RESET_SESSION_TOKEN)
    try:
        user_id = int(urlsafe_base64_decode(request.GET.get("invitation", "")))
    except (ValueError, OverflowError):
        return
    if token:
        request.session[INVITED] = {"user": user_id, "token": token}


def _invitation(request: HttpRequest) -> Invited | None:
    kept = request.session.get(INVITED)
    return Invited(kept["user"], kept["token"]) if kept else None


class SignOut(LogoutView):
    """Signs out here, and at the provider where one came through it and the setting says how."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        there = bool(is_on() and settings.OIDC_LOGOUT_URL and request.session.get(THROUGH))
        here = super().post(request, *args, **kwargs)
        if not there:
            return here
        back = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
        query = {"client_id": settings.OIDC_RP_CLIENT_ID, "post_logout_redirect_uri": f"{back}/"}
        return HttpResponseRedirect(f"{settings.OIDC_LOGOUT_URL}?{urlencode(query)}")
