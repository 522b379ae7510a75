"""A new password for who forgot his: by a link that goes to the address of his account.

The page answers alike, in words and in time, whether an account has the address or not: who has it is looked up, and
letters are written, after the answer, in a thread of their own.
"""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gis.access.addresses import client_address, client_agent
from gis.access.invitations import reset_link
from gis.access.models import SignInEvent, User
from gis.access.sign_in_events import note
from gis.web.accounts import mail
from gis.web.accounts.forms import AddressForm

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
LETTERS_AN_HOUR = 3
"""To one account."""
ASKED_AN_HOUR = 30
"""From one address on the network."""
AFTER_SECONDS = 0.5
"""A letter is begun so long after it was asked for: the work of it must not be felt in the answer."""
WAITING = 100
"""Letters that may wait to be written; more are dropped."""

_letters = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")
_room = BoundedSemaphore(WAITING)


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the link; where the service sends no letters, the page says whom to ask."""
    if not mail.is_on():
        return _page(request, 200, contact=settings.SUPPORT_CONTACT)
    form = AddressForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, 200, form=form)
    if _asked_too_often(request):
        form.add_error(None, _("Links were asked for too often from your network: wait an hour, or ask for help."))
        response = _page(request, 429, form=form)
        response["Retry-After"] = str(int(HOUR.total_seconds()))
        return response
    note(SignInEvent.Kind.FORGOTTEN, None, request)
    write_letters(form.cleaned_data["email"], client_address(request), client_agent(request))
    return _page(request, 200, sent=True, minutes=settings.RESET_MINUTES)


def write_letters(email: str, address: str | None, agent: str) -> "Future[None] | None":
    """Write to every account with that *email*, in the background; None where too many letters wait already."""
    if not _room.acquire(blocking=False):
        log.error("Too many letters wait to be written: one with a link for a new password was dropped.")
        return None
    writing = _letters.submit(_write, email, address, agent, get_language() or settings.LANGUAGE_CODE)
    writing.add_done_callback(lambda _done: _room.release())
    return writing


def _write(email: str, address: str | None, agent: str, language: str) -> None:
    time.sleep(AFTER_SECONDS)
    try:
        with translation.override(language):
            for user in User.objects.filter(email__iexact=email, is_active=True).order_by("pk"):
                _write_to(user, address, agent)
    except Exception:
        log.exception("A letter with a link for a new password could not be written.")
        raise
    finally:
        connections.close_all()


def _write_to(user: User, address: str | None, agent: str) -> None:
    """One letter; none to who has had enough of them, or signs in through the identity provider alone."""
    written = user.sign_ins.filter(kind=SignInEvent.Kind.LETTER, at__gt=timezone.now() - HOUR).count()
    if written >= LETTERS_AN_HOUR or (not user.has_usable_password() and user.identities.exists()):
        return
    if mail.send_reset_link(reset_link(user)):
        SignInEvent.objects.create(kind=SignInEvent.Kind.LETTER, user=user, address=address, agent=agent)


def _asked_too_often(request: HttpRequest) -> bool:
    asked = SignInEvent.objects.filter(kind=SignInEvent.Kind.FORGOTTEN, at__gt=timezone.now() - HOUR)
    return asked.filter(address=client_address(request)).count() >= ASKED_AN_HOUR


def _page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    shown = {"mail": mail.is_on(), **context}
    return render(request, "accounts/forgotten.html", shown, status=status)
