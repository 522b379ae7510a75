"""Key-value parameters of an OGC request: names in any case, values as they are."""

import re

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis.problems import BadParameter

TRUTH = {"true": True, "false": False}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What neither XML 1.0 nor PostgreSQL can hold."""


class Parameters:
    """The pairs of a query. Names are compared without case; of a name given twice the last one counts.

    Unknown names are never looked at. Errors carry the OWS code of their kind in `extra["ows_code"]`.
    """

    def __init__(self, query: QueryDict) -> None:
        self._values = {name.lower(): query.getlist(name)[-1] for name in query}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        value = self._values.get(name, default)
        if UNPRINTABLE.search(value):
            raise invalid(name, _("text without control characters"))
        return value

    def required(self, name: str) -> str:
        """The value of *name*, which must be there and not empty."""
        if not (value := self.text(name).strip()):
            raise missing(name)
        return value

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number between *low* and *high*, both allowed; required when there is no default."""
        if default is not None and not self.text(name).strip():
            return default
        value = self.required(name)
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise invalid(name, _("a whole number from %(low)d to %(high)d") % {"low": low, "high": high})
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """TRUE or FALSE, in any case."""
        value = self.text(name).strip().lower()
        if value and value not in TRUTH:
            raise invalid(name, "TRUE, FALSE")
        return TRUTH.get(value, default)

    def listed(self, name: str) -> list[str]:
        """The comma-separated items of *name*; `a,,b` has an empty one, an empty value has none."""
        value = self.text(name)
        return [item.strip() for item in value.split(",")] if value.strip() else []


def missing(name: str) -> BadParameter:
    return BadParameter(_("This parameter is missing."), field=name, ows_code="MissingParameterValue")


def invalid(name: str, expected: str, *, code: str = "InvalidParameterValue") -> BadParameter:
    """The error for a value that *name* cannot take; *code* is the protocol's word for it."""
    return BadParameter(_("This value is not possible here."), field=name, expected=expected, ows_code=code)
