"""Which account somebody is whom the provider let in."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator

from gis.access.models import Identity, User
from gis.access.role_settings import group_rules
from gis.access.viewer import SERVICE
from gis.actions.accounts.identities import admit_identity, follow_groups, link_identity


@dataclass(frozen=True)
class Invited:
    """An account whose invitation this browser has open."""

    user_id: int
    token: str


def account_of(claims: dict[str, Any], invited: Invited | None) -> User | None:
    """The account of whom *claims* tell, linked now where a setting or an invitation allows it; None: a stranger.

    The account may be deactivated; the caller looks. Raises `Problem` where he cannot be linked.
    """
    issuer, subject = settings.OIDC_ISSUER, str(claims["sub"])
    known = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    if known:
        return known.user
    meant, way = _invited(invited), "invitation"
    if meant is None and settings.OIDC_LINK_BY_EMAIL:
        meant, way = _by_email(claims), "email"
    if meant is not None:
        return link_identity(SERVICE, meant.username, issuer=issuer, subject=subject, way=way).user
    if settings.OIDC_CREATE_ACCOUNTS:
        return admit_identity(SERVICE, issuer=issuer, subject=subject, claims=claims).user
    return None


def take_roles(user: User, claims: dict[str, Any]) -> None:
    """Let the account's roles follow its groups, where the settings say which. Raises `Problem`."""
    rules = group_rules()
    if not rules:
        return
    told = claims.get(settings.OIDC_GROUPS_CLAIM)
    groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    follow_groups(SERVICE, user.username, rules=rules, groups=frozenset(str(group) for group in groups))


def _invited(invited: Invited | None) -> User | None:
    user = User.objects.filter(pk=invited.user_id, is_active=True).first() if invited else None
    return user if user and invited and default_token_generator.check_token(user, invited.token) else None


def _by_email(claims: dict[str, Any]) -> User | None:
    """The one active account with the address that the provider says it has verified, unless somebody is it already."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not email.strip():
        return None
    found = list(User.objects.filter(email__iexact=email.strip())[:2])
    if len(found) != 1 or not found[0].is_active:
        return None
    taken = Identity.objects.filter(user=found[0], issuer=settings.OIDC_ISSUER).exists()
    return None if taken else found[0]
