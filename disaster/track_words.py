"""Words for what is wrong in a row of a storm's file."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disaster.science.atcf import BadLine

EXPECTED = {
    "columns": gettext_lazy("at least %(columns)d columns between commas, as in an ATCF b-deck"),
    "choice": gettext_lazy("%(choices)s"),
    "integer": gettext_lazy("a whole number from %(lowest)d to %(highest)d"),
    "time": gettext_lazy("year, month, day and hour as 2024090706"),
    "degrees": gettext_lazy("tenths of a degree up to %(highest)d°, then %(letters)s"),
    "letters": gettext_lazy("at most two letters, as TY"),
    "same": gettext_lazy("%(earlier)s, as an earlier row of %(time)s has it"),
    "decimal": gettext_lazy("a number from %(lowest)g to %(highest)g with a decimal point"),
    "moment": gettext_lazy("a time in UTC as 2024-09-07T06:00Z or 2024-09-07 06:00:00"),
    "quotes": gettext_lazy("quotes that are closed"),
    "cells": gettext_lazy("%(columns)d cells between commas as in the header, not %(found)d"),
    "atcf_id": gettext_lazy("basin, number and year as WP122024"),
    "as_in_id": gettext_lazy("%(given)s, as in %(identifier)s"),
    "sid": gettext_lazy("an IBTrACS identifier as 2024246N14125"),
    "stage": gettext_lazy("a stage of development: %(known)s"),
    "order": gettext_lazy("a time from %(earlier)s on: rows of a storm stand in order of time"),
}
"""Words for what a `BadLine` expected."""


def told_fault(fault: BadLine) -> str:
    """The fault as a sentence."""
    expected = EXPECTED[fault.expected] % fault.figures
    told = _("%(value)r does not fit here, expected: %(expected)s")
    return told % {"value": fault.value, "expected": expected}
