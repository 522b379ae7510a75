"""`appoint_admin USERNAME`: the first administrator of a new installation, or one who cannot get in any more."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.grants import viewer_of
from gis.access.invitations import Invitation
from gis.access.models import User
from gis.access.roles import ADMIN
from gis.access.viewer import SERVICE
from gis.actions.accounts.create_account import create_account
from gis.actions.accounts.grant_role import grant_role
from gis.actions.accounts.reactivate_account import reactivate_account
from gis.actions.accounts.remove_second_factor import remove_second_factor
from gis.actions.accounts.reset_password import reset_password
from gis.actions.accounts.unlock_account import unlock_account
from gis.problems import Problem

REASON = "manage.py appoint_admin"


class Command(BaseCommand):
    help = "Make an account an administrator and print the link by which its password is set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        try:
            invitation = appointed(username)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        except Problem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(_("%s is an administrator. The password is set here, once:") % invitation.user.username)
        self.stdout.write(settings.PUBLIC_URL + invitation.path)


@transaction.atomic
def appointed(username: str) -> Invitation:
    """*username* as an administrator with an open way in: the account made or opened again, its second factor gone."""
    user = User.objects.filter(username=username).first()
    if user is None:
        invitation = create_account(SERVICE, username)
    else:
        if not user.is_active:
            reactivate_account(SERVICE, username, reason=REASON)
        unlock_account(SERVICE, username, reason=REASON)
        remove_second_factor(SERVICE, username, reason=REASON)
        invitation = reset_password(SERVICE, username)
    user = User.objects.get(pk=invitation.user.pk)
    if not viewer_of(user).holds({ADMIN}, None):
        today = timezone.localdate()
        grant_role(SERVICE, user.username, role=ADMIN, commune=None, valid_from=today, reason=REASON)
    return invitation
