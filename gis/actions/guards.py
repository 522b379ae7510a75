"""Refusals by the database or a model's validators, in the words of the people who meet them."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError
from django.utils.translation import gettext as _

from gis.problems import Conflict, Invalid, Problem, RuleRefused, Text, Unavailable

REFUSED_BY_GUARD = "HL001"
"""SQLSTATE of `halong_refuse()`."""
CHECK_VIOLATION = "23514"
INTEGRITY_CLASS = "23"

sentences: dict[str, Text] = {}
"""The words for each guard's rule; domains add theirs in `rules.py`."""


def problem_from_validation(error: ValidationError) -> Problem:
    """The first fault names the field; all of them are listed in `errors`."""
    if not hasattr(error, "error_dict"):
        return Invalid(" ".join(error.messages))
    faults = {field: " ".join(messages) for field, messages in error.message_dict.items()}
    field = next(iter(faults))
    return Invalid(faults[field], field=field, errors=faults)


def problem_from_database(error: DatabaseError) -> Problem:
    """A guard's own message, or the name of the constraint that was met; re-raises what is nobody's fault."""
    cause = error.__cause__
    state = getattr(cause, "pgcode", None) or ""
    diagnosis = getattr(cause, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or ""
    if state == REFUSED_BY_GUARD and diagnosis is not None:
        return RuleRefused(sentences.get(rule, diagnosis.message_primary), rule=rule, **_figures(diagnosis))
    if state == CHECK_VIOLATION:
        words = sentences.get(rule) or _("The database refuses this value (%s).") % rule.replace("_", " ")
        return Invalid(words, rule=rule)
    if state.startswith(INTEGRITY_CLASS):
        return Conflict(_("This contradicts what is stored (%s).") % rule.replace("_", " "), rule=rule)
    if isinstance(error, OperationalError):
        return Unavailable()
    raise error


def _figures(diagnosis: Any) -> dict[str, str]:
    """What the guard measured and its limit, where it says so."""
    figures: dict[str, str] = json.loads(diagnosis.message_detail or "{}")
    return {name: value for name, value in figures.items() if value is not None}
