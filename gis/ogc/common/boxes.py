"""Bounding boxes as clients write them: numbers joined by commas, exponents allowed."""

import math
import re

from django.utils.translation import gettext as _

from gis.ogc.common.parameters import invalid

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""Python's float() would also take nan, inf, underscores and digits of other scripts."""


def read_numbers(text: str, counts: tuple[int, ...] = (4,), *, field: str = "bbox") -> tuple[float, ...]:
    """The finite numbers in *text*, as many as *counts* allows, in the client's order."""
    parts = [part.strip() for part in text.split(",")]
    expected = _("%(count)s finite numbers joined by commas") % {"count": " / ".join(map(str, counts))}
    if len(parts) not in counts or not all(NUMBER.fullmatch(part) for part in parts):
        raise invalid(field, expected)
    numbers = tuple(float(part) for part in parts)
    if not all(math.isfinite(number) for number in numbers):
        raise invalid(field, expected)
    return numbers
