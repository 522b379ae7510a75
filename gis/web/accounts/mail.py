"""Letters to the owners of accounts, where the service was told a mail server (`EMAIL_URL`)."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from gis.access.invitations import Invitation

log = logging.getLogger(__name__)


def is_on() -> bool:
    return bool(settings.EMAIL_HOST and settings.PUBLIC_URL)


def send_invitation(invitation: Invitation) -> bool:
    """Send the link to the account's address; False where there is no server, no address, or it failed."""
    letter = _(
        "Set the password of the account “{name}” within {days} days:\n\n{link}\n\nThe link is good once."
    ).format(name=invitation.user.username, days=settings.INVITATION_DAYS, link=settings.PUBLIC_URL + invitation.path)
    return _sent(invitation, _("Your account at Halong"), letter)


def send_reset_link(link: Invitation) -> bool:
    """The same for who forgot his password."""
    letter = _(
        "Somebody, you we hope, forgot the password of the account “{name}”. A new one is set within {minutes} minutes"
        " here:\n\n{link}\n\nThe link is good once. If it was not you, do nothing: your password stays as it is."
    ).format(name=link.user.username, minutes=settings.RESET_MINUTES, link=settings.PUBLIC_URL + link.path)
    return _sent(link, _("A new password at Halong"), letter)


def _sent(link: Invitation, subject: str, letter: str) -> bool:
    if not is_on() or not link.user.email:
        return False
    try:
        return send_mail(subject, letter, settings.DEFAULT_FROM_EMAIL, [link.user.email]) == 1
    except (SMTPException, OSError):
        log.exception("The letter with a link to set a password could not be sent.")
        return False
