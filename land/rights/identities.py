"""Identity numbers of parties: what is one, how it is stored, and who sees how much of it."""

import re
from typing import Any

from django.utils.translation import gettext as _

from gis.access.personal import DOT, Sealed, masked, seal, unseal
from gis.access.viewer import Viewer
from gis.problems import Invalid, Unavailable
from land.codes import DRAFTERS
from land.models import IdentityNumber, Party

Kind = IdentityNumber.Kind
FORMS = {
    Kind.CCCD: (re.compile(r"0[0-9]{11}"), "12 chữ số: 0…"),
    Kind.CMND: (re.compile(r"[0-9]{9}"), "9 chữ số"),
    Kind.TAX: (re.compile(r"[0-9]{10}(-[0-9]{3})?"), "10 chữ số, 10-3"),
}
HIDDEN = DOT * 12


def read_number(kind: Any, number: Any) -> tuple[str, str]:
    """Kind and number, without the spaces that people put in. Raises `Invalid`, which never repeats the number."""
    if kind not in Kind.values:
        raise Invalid(_("This is none of the kinds."), field="identity.kind", expected=", ".join(Kind.values))
    form, expected = FORMS[Kind(kind)]
    plain = re.sub(r"[\s.]", "", number) if isinstance(number, str) else ""
    if not form.fullmatch(plain):
        raise Invalid(_("This is no such number."), field="identity.number", expected=expected)
    return kind, plain


def store(party: Party, kind: str, number: str) -> IdentityNumber:
    """Seal *number* for *party*, in place of what stood there."""
    sealed = seal(number, kind, _owner(party.pk))
    values = {"key_version": sealed.version, "digest": sealed.digest, "sealed": sealed.value}
    row, _made = IdentityNumber.objects.update_or_create(party=party, kind=kind, defaults=values)
    return row


def opened(row: IdentityNumber) -> str:
    """The number in full. Raises `Unavailable`. Only for masks, for rotation, and for the action that logs it."""
    return unseal(Sealed(row.key_version, row.digest, bytes(row.sealed)), row.kind, _owner(row.party_id))


def shown(party: Party, viewer: Viewer, commune: str) -> list[dict[str, str]]:
    """The numbers of *party* as *viewer* sees them in *commune*: land offices a mask, others that there is one."""
    may_see = viewer.holds(DRAFTERS, commune)
    return [
        {"kind": row.kind, "masked": _mask(row) if may_see else HIDDEN}
        for row in sorted(party.numbers.all(), key=lambda row: row.kind)
    ]


def _mask(row: IdentityNumber) -> str:
    try:
        return masked(opened(row))
    except Unavailable:
        return HIDDEN


def _owner(party: int) -> str:
    return f"party:{party}"
