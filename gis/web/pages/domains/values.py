"""Values as readers see them: decimal comma, dd/mm/yyyy, Indochina time, words for codes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gis.layers import Field

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
    return str(value)


def decimal(value: float | Decimal) -> str:
    """ "1.234,5", two digits after the comma at most."""
    text = f"{value:,.2f}"
    text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")).replace("-", "−")


def whole(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def as_parameter(value: Any) -> str:
    """*value* as a query parameter writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
