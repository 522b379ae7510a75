"""Values as readers see them: decimal comma, dd/mm/yyyy, Indochina time, words for codes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis.layers.base import Field, Layer

NOTHING = "—"


def shown(field: Field, value: Any) -> str:
    """*value* of *field* in words, without its unit."""
    if value is None or value == "":
        return NOTHING
    if value in field.values:
        return str(field.values[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, (float, Decimal)):
        return decimal(value)
    if isinstance(value, int) and field.unit:
        return whole(value)
    return str(value)


def title_of(layer: Layer, fields: Sequence[Field], row: Sequence[Any]) -> str:
    """What a row (its key, then a value of each of *fields*) is called: as a search calls it, by name, or by key."""
    words = {
        field.name: shown(field, value) if value not in (None, "") else ""
        for field, value in zip(fields, row[1:], strict=True)
    }
    pattern = str(layer.search.title) if layer.search else "{name}" if "name" in words else ""
    return " ".join(pattern.format_map(words).split()) or str(row[0])


def decimal(value: float | Decimal) -> str:
    """ "1.234,5", in English "1,234.5"; of a decimal the digits that it is kept with, three at most."""
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return _punctuated(f"{value:,.{min(3, max(0, -exponent)) if isinstance(exponent, int) else 2}f}")
    return _punctuated(f"{value:,.2f}".rstrip("0").rstrip("."))


def whole(value: int) -> str:
    return _punctuated(f"{value:,}")


def rounded(value: int) -> int:
    """*value* with its two first figures."""
    step: int = 10 ** max(0, len(str(value)) - 2)
    return round(value / step) * step


def _punctuated(text: str) -> str:
    english = (get_language() or "").startswith("en")
    return (text if english else text.translate(str.maketrans(",.", ".,"))).replace("-", "−")


def as_parameter(value: Any) -> str:
    """*value* as a query parameter writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
