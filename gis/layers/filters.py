"""Conditions on fields: `?land_use=ODT` as a typed value, so that lists, downloads and the OGC API narrow alike."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers.base import Field, Layer
from gis.problems import BadParameter

Where = tuple[tuple[str, Any], ...]
"""(name of a field, the value it has), all of which hold."""
TRUTH = {"true": True, "false": False}
LONGEST = 200
"""Characters of a text that is looked for."""


def read_where(layer: Layer, viewer: Viewer, pairs: Iterable[tuple[str, str]]) -> Where:
    """The conditions that *pairs* of field names and texts are. Raises `BadParameter`.

    Fields that do not exist for *viewer* are as unknown as those that nobody has.
    """
    known = {field.name: field for field in layer.fields_for(layer.areas_of(viewer))}
    return tuple((name, read_value(_known(name, known), text)) for name, text in pairs)


def _known(name: str, known: dict[str, Field]) -> Field:
    if name not in known:
        raise BadParameter(_("This parameter is not known here."), field=name, expected=", ".join(sorted(known)))
    return known[name]


def read_value(field: Field, text: str) -> Any:
    """The value of *field* that *text* is. Raises `BadParameter`."""
    value, expected = _read(field, text)
    if value is None:
        raise BadParameter(_("This value is not possible here."), field=field.name, expected=expected)
    return value


def _read(field: Field, text: str) -> tuple[Any, str]:
    """The value of *text*, None where it is none of this kind; and what would be."""
    if field.kind == "integer":
        return (int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None), _("a whole number")
    if field.kind == "number":
        return (Decimal(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text) else None), _("a number")
    if field.kind == "boolean":
        return TRUTH.get(text.lower()), "true, false"
    if field.kind == "date":
        return _date(text), "2024-09-07"
    if field.kind == "datetime":
        return _moment(text), "2024-09-07T06:00:00Z"
    plain = len(text) <= LONGEST and not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", text)
    return (text if plain else None), _("text without control characters")


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
