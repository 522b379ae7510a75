"""Roles: the shared ones, and the list that domains add their own to in their `codes.py`."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from gis.problems import Text


@dataclass(frozen=True)
class Role:
    """*in_communes*: whether it can be held in single communes, beside the whole province."""

    code: str
    title: Text
    in_communes: bool = False


_roles: dict[str, Role] = {}


def declare(code: str, title: Text, *, in_communes: bool = False) -> str:
    """Make *code* a role that can be granted; returns it. Raises ValueError where there is one already."""
    if code in _roles:
        raise ValueError(f"There are two roles named {code}.")
    _roles[code] = Role(code, title, in_communes)
    return code


def find(code: str) -> Role | None:
    return _roles.get(code)


def all_roles() -> list[Role]:
    """Every role that can be granted, the shared ones first."""
    return list(_roles.values())


def title_of(code: str) -> str:
    """The words for *code*; a role that no code declares any more is told by its code."""
    role = _roles.get(code)
    return str(role.title) if role else code


ADMIN = declare("admin", _("Administrator"))
"""Keeps accounts and settings; sees everything, edits nothing of the domains."""
OPERATOR = declare("operator", _("Operator"))
"""Keeps the service running."""
LEADER = declare("leader", _("Leader"))
"""Provincial leaders: see everything, edit nothing."""
LAWYER = declare("lawyer", _("Lawyer"))
"""Keeps the tables of rules and rates."""

OVERSIGHT = frozenset({ADMIN, LEADER})
"""Roles that see private rows and fields of every domain."""
BACK_OFFICE = frozenset({ADMIN, OPERATOR})
"""Roles that enter the administration at `/admin/` and see what is public there."""
KEEPERS_OF_LAW = BACK_OFFICE | {LAWYER}
"""Roles that see the tables of rules there; lawyers see nothing else in it."""
