"""Letters to the owners of accounts, where the service was told a mail server (`EMAIL_URL`)."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from gis.access.invitations import Invitation

log = logging.getLogger(__name__)


def send_invitation(invitation: Invitation) -> bool:
    """Send the link to the account's address; False where there is no server, no address, or it failed."""
    if not settings.EMAIL_HOST or not invitation.user.email or not settings.PUBLIC_URL:
        return False
    letter = _(
        "Set the password of the account “{name}” within {days} days:\n\n{link}\n\nThe link is good once."
    ).format(name=invitation.user.username, days=settings.INVITATION_DAYS, link=settings.PUBLIC_URL + invitation.path)
    try:
        return send_mail(_("Your account at Halong"), letter, settings.DEFAULT_FROM_EMAIL, [invitation.user.email]) == 1
    except (SMTPException, OSError):
        log.exception("The letter with a link to set a password could not be sent.")
        return False
