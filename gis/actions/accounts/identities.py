"""Who accounts are at the identity provider: named by an administrator, or told by the provider at a sign-in."""

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis.access.models import Grant, Identity, User
from gis.access.role_settings import GroupRule
from gis.access.viewer import SERVICE
from gis.actions.accounts.create_account import create_account
from gis.actions.accounts.end_grant import end_grant
from gis.actions.accounts.grant_role import grant_role
from gis.actions.accounts.keeping import locked, require_keeper, target
from gis.actions.base import Change, action
from gis.problems import Conflict, Forbidden, Invalid, NotFound

LONGEST = 255
"""Characters of a subject, by OpenID Connect Core 2."""


@action("access.link_identity")
def link_identity(change: Change, username: str, *, issuer: str, subject: str, way: str = "named") -> Identity:
    """Let whoever the provider calls *subject* sign in as *username*. *way*: how it is known that it is the same.

    An invitation that is followed this way is used up by it. Raises `SignInNeeded`, `Forbidden`, `NotFound`,
    `Invalid`, and `Conflict` where he signs in as another account.
    """
    require_keeper(change.actor)
    user = locked(username)
    subject = subject.strip()
    if not user.is_active:
        raise Forbidden(_("The account is deactivated: activate it first."))
    if not subject or len(subject) > LONGEST or not subject.isascii() or not subject.isprintable():
        raise Invalid(_("This is no identifier of a person."), field="subject", expected=_("1 to 255 ASCII characters"))
    if Identity.objects.filter(issuer=issuer, subject=subject).exists():
        raise Conflict(_("This person signs in as an account already."), field="subject")
    identity = Identity.objects.create(user=user, issuer=issuer, subject=subject)
    if not user.has_usable_password():
        user.set_unusable_password()  # another one: links to set a password end with the one they were made for
        user.save(update_fields=["password"])
    change.record(target(user), {"identity": [None, subject], "way": [None, way]})
    return identity


@action("access.unlink_identity")
def unlink_identity(change: Change, identity_id: int, *, reason: str = "") -> User:
    """Let him sign in as this account no more; open sessions go on. Raises `SignInNeeded`, `Forbidden`, `NotFound`."""
    require_keeper(change.actor)
    identity = Identity.objects.select_for_update(of=("self",)).select_related("user").filter(pk=identity_id).first()
    if identity is None:
        raise NotFound
    identity.delete()
    change.record(target(identity.user), {"identity": [identity.subject, None]}, reason=reason)
    return identity.user


@action("access.admit_identity")
def admit_identity(change: Change, *, issuer: str, subject: str, claims: dict[str, Any]) -> Identity:
    """A new account without any role for whom the provider let in (setting `OIDC_CREATE_ACCOUNTS`)."""
    require_keeper(change.actor)
    names = {"first_name": _words(claims, "given_name"), "last_name": _words(claims, "family_name")}
    email = _words(claims, "email") if claims.get("email_verified") is True else ""
    user = create_account(SERVICE, _free_username(claims, issuer, subject), email=email[:254], **names).user
    return link_identity(SERVICE, user.username, issuer=issuer, subject=subject, way="provider")


@action("access.follow_groups")
def follow_groups(change: Change, username: str, *, rules: list[GroupRule], groups: frozenset[str]) -> None:
    """Give the roles of *rules* whose group he is in, and end those that came by a group he is in no more."""
    require_keeper(change.actor)
    user = locked(username)
    today = timezone.localdate()
    wanted = {(rule.role, rule.commune): rule.group for rule in rules if rule.group in groups}
    held = {(grant.role, grant.commune_id): grant for grant in Grant.objects.filter(user=user).in_force(today)}
    for key, grant in held.items():
        if grant.by_group and key not in wanted:
            end_grant(SERVICE, grant.pk, reason=_("No more in a group at the identity provider"))
    for (role, commune), group in wanted.items():
        if (role, commune) not in held:
            reason = _("Group “%s” at the identity provider") % group
            given = grant_role(SERVICE, username, role=role, commune=commune, valid_from=today, reason=reason)
            Grant.objects.filter(pk=given.pk).update(by_group=True)


def _words(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.replace("\0", "").strip()[:150] if isinstance(value, str) else ""


def _free_username(claims: dict[str, Any], issuer: str, subject: str) -> str:
    """What the provider calls him where that is a name here and nobody's yet; else one made of the subject."""
    made = f"openid.{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:12]}"
    proposed = User.normalize_username(_words(claims, "preferred_username"))
    fits = proposed and all(letter.isalnum() or letter in "@.+-_" for letter in proposed)
    return proposed if fits and not User.objects.filter(username__iexact=proposed).exists() else made
