"""One-time links by which somebody sets the password of his account."""

from dataclasses import dataclass

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gis.access.models import User

PATH = "/accounts/invitation/"


@dataclass(frozen=True)
class Invitation:
    """*path* is the link's, below the service's address. Good until a password is set by it, or its days are over."""

    user: User
    path: str


def invite(user: User) -> Invitation:
    """A link for *user*; links given before stay good for as long as their days last and no password was set."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return Invitation(user, f"{PATH}{uid}/{default_token_generator.make_token(user)}/")
