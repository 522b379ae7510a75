"""One-time links by which somebody sets the password of his account."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode

from gis.access.models import User

PATH = "/accounts/invitation/"
RESET_PATH = "/accounts/reset/"


@dataclass(frozen=True)
class Invitation:
    """*path* is the link's, below the service's address. Good until a password is set by it, or its days are over."""

    user: User
    path: str


class ResetTokens(PasswordResetTokenGenerator):
    """Of links that went by mail to who forgot his password: they are no invitations, and soon over."""

    key_salt = "halong.access.reset"

    def check_token(self, user: User | None, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).partition("-")[0])
        return self._num_seconds(self._now()) - made <= settings.RESET_MINUTES * 60


reset_tokens = ResetTokens()


def invite(user: User) -> Invitation:
    """A link for *user*; links given before stay good for as long as their days last and no password was set."""
    return Invitation(user, f"{PATH}{_name_of(user)}/{default_token_generator.make_token(user)}/")


def reset_link(user: User) -> Invitation:
    """A link by which *user*, who forgot his password, sets another."""
    return Invitation(user, f"{RESET_PATH}{_name_of(user)}/{reset_tokens.make_token(user)}/")


def _name_of(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))
