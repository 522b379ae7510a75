"""The viewer: who asks, as every room below the views knows him."""

from collections.abc import Iterable
from dataclasses import dataclass

from gis.problems import Forbidden, SignInNeeded

PROVINCE = "*"
"""The area of a grant that names no commune."""

Areas = str
"""Where something is allowed: "" nowhere, "*" in the whole province, else commune codes joined by commas.

A text, because it is also the one parameter of a layer's row predicate in SQL.
"""


@dataclass(frozen=True)
class Viewer:
    """Somebody with roles in areas; frozen, so that it can key caches. *grants*: (role, commune code or "*")."""

    user_id: int | None = None
    username: str = ""
    grants: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def public(cls) -> "Viewer":
        return cls()

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _ in self.grants)

    def areas(self, roles: Iterable[str]) -> Areas:
        """Where the viewer holds at least one of *roles*."""
        wanted = frozenset(roles)
        communes = {area for role, area in self.grants if role in wanted}
        return PROVINCE if PROVINCE in communes else ",".join(sorted(communes))

    def holds(self, roles: Iterable[str], commune: str | None) -> bool:
        """Whether the viewer holds one of *roles* in *commune* (None: in the whole province)."""
        return covers(self.areas(roles), commune)

    def require(self, roles: Iterable[str], commune: str | None) -> None:
        """Raise `SignInNeeded` or `Forbidden` unless the viewer holds one of *roles* there."""
        if not self.signed_in:
            raise SignInNeeded
        if not self.holds(roles, commune):
            raise Forbidden(needed_roles=sorted(roles), commune=commune)


SERVICE = Viewer(grants=frozenset({("service", PROVINCE)}))
"""The service itself, as which commands act; no account is it, and none stands in the history for it."""


def covers(areas: Areas, commune: str | None) -> bool:
    """Whether *areas* contains *commune* (None: the whole province)."""
    return areas == PROVINCE or (commune is not None and commune in areas.split(","))
