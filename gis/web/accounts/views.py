"""The steps of signing in, invitations, and each user's own page."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.views import PasswordResetConfirmView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis.access import roles, second_factor
from gis.access.invitations import reset_tokens
from gis.access.models import Grant, Session, SignInEvent, User
from gis.access.second_factor import Answer
from gis.access.sign_in_events import note
from gis.actions.accounts.own_account import (
    as_owner,
    change_password,
    confirm_second_factor,
    disable_second_factor,
    end_own_sessions,
    renew_recovery_codes,
)
from gis.problems import Problem, SignInNeeded
from gis.web.accounts.forms import ChangePasswordForm, CodeForm, NewPasswordForm, PasswordAndCodeForm
from gis.web.accounts.pictures import qr_code
from gis.web.accounts.sign_in import (
    advance,
    forget_failures,
    half_signed_in,
    other_ways,
    password_was_changed,
    second_factor_was_right,
    second_factor_was_wrong,
)

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, User, P], HttpResponse]

RECENT_SIGN_INS = 10


def half_way(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A step of signing in: *page* is given the account; without one the sign-in begins again."""

    @wraps(page)
    def step(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = half_signed_in(request)
        return page(request, user, *args, **kwargs) if user else redirect("login")

    guarded = never_cache(require_http_methods(["GET", "POST"])(step))
    return sensitive_post_parameters()(guarded)  # type: ignore[return-value]


def own(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of the signed-in user's own. Raises `SignInNeeded`."""

    @wraps(page)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or not request.viewer.signed_in:  # type: ignore[attr-defined]
            raise SignInNeeded
        return page(request, request.user, *args, **kwargs)

    return sensitive_post_parameters()(never_cache(shown))  # type: ignore[return-value]


@half_way
def ask_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """The second step: a code of the authenticator, or a recovery code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = second_factor.check(user, form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            second_factor_was_right(request)
            return advance(request, user)
        second_factor_was_wrong(request, user)
        form.add_error("code", words_for(answer))
    return render(request, "accounts/second_factor.html", {"form": form})


@half_way
def enrol_half_way(request: HttpRequest, user: User) -> HttpResponse:
    """Enrolment that the setting demands, before any right is given."""
    if second_factor.device_of(user):
        return redirect("second_factor")
    return _enrol(request, user, reverse("finish_sign_in"), lambda: second_factor_was_right(request))


@half_way
def finish_sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """After the recovery codes have been shown."""
    return advance(request, user)


@half_way
def first_password(request: HttpRequest, user: User) -> HttpResponse:
    """A password that was told has to be changed before anything else."""
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = _changed(form, as_owner(user), way="told")
        if changed:
            password_was_changed(request, changed)
            return advance(request, changed)
    return render(request, "accounts/password.html", {"form": form, "told": True})


class Invitation(PasswordResetConfirmView):
    """The one-time link: a first password, or a new one in place of one that was reset."""

    template_name = "accounts/invitation.html"
    form_class = NewPasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **other_ways(), "uid": self.kwargs["uidb64"]}

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        changed = _changed(form, as_owner(self.user), way="link")
        if not changed:
            return self.form_invalid(form)
        forget_failures(changed)
        note(SignInEvent.Kind.RESET, changed, self.request)
        self.request.session.flush()
        messages.success(self.request, _("The password is set: sign in with it."))
        return redirect("login")


class Reset(Invitation):
    """The link that went by mail to who forgot his password. A second factor is asked for as ever."""

    token_generator = reset_tokens

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "openid_name": "", "again": True}


@own
@require_safe
def me(request: HttpRequest, user: User) -> HttpResponse:
    """What he is allowed and until when, and what looks after his account."""
    grants = Grant.objects.filter(user=user).select_related("commune").order_by("-valid_from", "role")
    device = second_factor.device_of(user)
    context = {
        "grants": [held(grant) for grant in grants],
        "two_factor": second_factor.is_on(),
        "device": device,
        "demanded": second_factor.demanded(user),
        "recovery_codes": user.recovery_codes.count(),
        "sessions": Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-began_at"),
        "this_session": request.session.session_key,
        "sign_ins": user.sign_ins.order_by("-id")[:RECENT_SIGN_INS],
        "has_password": user.has_usable_password(),
        "identities": user.identities.filter(issuer=settings.OIDC_ISSUER) if settings.OIDC_ISSUER else [],
        "openid_name": settings.OIDC_NAME,
    }
    return render(request, "accounts/me.html", context)


def held(grant: Grant) -> dict[str, Any]:
    """A grant as a page tells it."""
    today = timezone.localdate()
    ended = grant.valid_to is not None and grant.valid_to <= today
    return {
        "role": roles.title_of(grant.role),
        "commune": grant.commune,
        "valid_from": grant.valid_from,
        "last_day": grant.valid_to and grant.valid_to - timedelta(days=1),
        "state": "past" if ended else "future" if grant.valid_from > today else "now",
    }


@own
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest, user: User) -> HttpResponse:
    """Change the password; other sessions end, this one goes on."""
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _password_is_right(request, form):
        changed = _changed(form, as_owner(user), keep_session=request.session.session_key)
        if changed:
            update_session_auth_hash(request, changed)
            messages.success(request, _("The password is changed; other sessions have ended."))
            return redirect("me")
    return render(request, "accounts/password.html", {"form": form, "told": False})


@own
@require_http_methods(["GET", "POST"])
def own_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """Enrol an authenticator, or give one up with password and code."""
    if not second_factor.is_on():
        return redirect("me")
    if not second_factor.device_of(user):
        return _enrol(request, user, reverse("me"), lambda: _remember(request))
    form = PasswordAndCodeForm(request.POST or None)
    if form.is_valid() and _password_is_right(request, form) and _code_is_right(user, form):
        disable_second_factor(as_owner(user))
        messages.success(request, _("The second factor is off."))
        return redirect("me")
    context = {"form": form, "demanded": second_factor.demanded(user)}
    return render(request, "accounts/disable_second_factor.html", context)


@own
@require_http_methods(["GET", "POST"])
def own_recovery_codes(request: HttpRequest, user: User) -> HttpResponse:
    """New recovery codes in place of the old ones; asks for a code of the authenticator first."""
    if not second_factor.device_of(user):
        return redirect("me")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _code_is_right(user, form):
        codes = renew_recovery_codes(as_owner(user))
        return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": reverse("me")})
    return render(request, "accounts/second_factor.html", {"form": form, "renewal": True})


@own
@require_POST
def sign_out_everywhere(request: HttpRequest, user: User) -> HttpResponse:
    """End all sessions; `keep=1` leaves this one."""
    keep = request.session.session_key if request.POST.get("keep") else None
    end_own_sessions(as_owner(user), keep_session=keep)
    if keep:
        messages.success(request, _("All other sessions have ended."))
        return redirect("me")
    logout(request)
    return redirect("login")


def words_for(answer: Answer) -> str:
    if answer is Answer.TOO_FAST:
        return _("Too many attempts: wait some seconds before the next one.")
    return _("This code is not right now. Each code can be used once.")


def _enrol(request: HttpRequest, user: User, onward: str, was_right: Callable[[], None]) -> HttpResponse:
    """Show the secret; after a first right code, the recovery codes."""
    device = second_factor.begin_enrolment(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer, codes = confirm_second_factor(as_owner(user), form.cleaned_data["code"])
        if answer is Answer.RIGHT:
            was_right()
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": onward})
        form.add_error("code", words_for(answer))
    context = {"form": form, "picture": qr_code(device.config_url), "secret": second_factor.spelled(device)}
    return render(request, "accounts/enrol_second_factor.html", context)


def _remember(request: HttpRequest) -> None:
    request.session[second_factor.PASSED] = True


def _changed(form: NewPasswordForm, owner: Any, **how: Any) -> User | None:
    """The account with its new password; None with the fault at the form's field."""
    try:
        return change_password(owner, form.cleaned_data["new_password1"], **how)
    except Problem as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        return None


def _password_is_right(request: HttpRequest, form: Form) -> bool:
    """Counted with failed sign-ins, so that a stolen session cannot try passwords for ever."""
    username = request.user.get_username()
    if authenticate(request, username=username, password=form.cleaned_data["old_password"]) == request.user:
        return True
    form.add_error("old_password", _("This is not your password."))
    return False


def _code_is_right(user: User, form: Form) -> bool:
    answer = second_factor.check(user, form.cleaned_data["code"])
    if answer is not Answer.RIGHT:
        form.add_error("code", words_for(answer))
    return answer is Answer.RIGHT
