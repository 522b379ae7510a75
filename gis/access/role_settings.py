"""Settings that name roles: nothing starts on a role that there is none of."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from gis.access import roles
from gis.access.roles import ADMIN, Role


@dataclass(frozen=True)
class GroupRule:
    """Whoever is in *group* at the identity provider holds *role* in *commune* (None: the province)."""

    group: str
    role: str
    commune: str | None


def group_rules() -> list[GroupRule]:
    """The rules of `OIDC_ROLES`. Raises ImproperlyConfigured."""
    return [_rule(text) for text in settings.OIDC_ROLES]


def second_factor_roles() -> list[str]:
    """The roles that `TWO_FACTOR=required:…` names."""
    mode, _colon, listed = str(settings.TWO_FACTOR).partition(":")
    return [role.strip() for role in listed.split(",") if role.strip()] if mode == "required" else []


def check_role_settings() -> None:
    """Raise ImproperlyConfigured where a setting names a role that nobody declared."""
    mode, colon, _listed = str(settings.TWO_FACTOR).partition(":")
    if colon and (mode != "required" or not second_factor_roles()):
        raise ImproperlyConfigured("TWO_FACTOR: only `required:` is followed by roles, and by one at least.")
    for role in second_factor_roles():
        _known(role, "TWO_FACTOR")
    group_rules()


def _rule(text: str) -> GroupRule:
    group, equals, held = text.rpartition("=")
    role, at, commune = held.partition("@")
    if not (group and equals and role) or bool(at) != bool(commune):
        raise ImproperlyConfigured(f"OIDC_ROLES: “{text}” is not of the form group=role or group=role@commune.")
    kind = _known(role, "OIDC_ROLES")
    if role == ADMIN:
        raise ImproperlyConfigured("OIDC_ROLES: administrators are appointed here, never by a group.")
    if commune and not kind.in_communes:
        raise ImproperlyConfigured(f"OIDC_ROLES: the role {role} is held in the whole province.")
    return GroupRule(group, role, commune or None)


def _known(role: str, setting: str) -> Role:
    kind = roles.find(role)
    if kind is None:
        known = ", ".join(one.code for one in roles.all_roles())
        raise ImproperlyConfigured(f"{setting} names the role {role}, which there is not. There are: {known}.")
    return kind
