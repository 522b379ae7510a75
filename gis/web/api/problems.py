"""Errors of the REST interface as problem documents, like everywhere else."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.settings import api_settings

from gis import problems
from gis.problems import Problem


def problem_response(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's exception handler; None lets a crash through to the log."""
    problem = error if isinstance(error, Problem) else _translated(error)
    return problems.problem_response(problem) if problem else None


def _translated(error: Exception) -> Problem | None:
    match error:
        case exceptions.ValidationError():
            return _invalid(error.detail)
        case exceptions.ParseError():
            return Problem(_("The body is not valid JSON."), expected="application/json")
        case exceptions.UnsupportedMediaType():
            return Problem(_("The body has a type that is not read here."), expected="application/json")
        case exceptions.MethodNotAllowed():
            return problems.NotAllowed()
        case exceptions.NotAcceptable():
            return problems.NotAcceptable()
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return problems.SignInNeeded()
        case exceptions.PermissionDenied() | PermissionDenied():
            return problems.Forbidden(str(getattr(error, "detail", "")))
        case exceptions.NotFound() | Http404():
            return problems.NotFound()
    return None


def _invalid(detail: Any) -> Problem:
    """The first fault names its field; all are listed in `errors`."""
    if not isinstance(detail, dict):
        return problems.Invalid(" ".join(map(str, detail)))
    faults = {field: " ".join(map(str, texts)) for field, texts in detail.items()}
    field = next(iter(faults))
    named = None if field == api_settings.NON_FIELD_ERRORS_KEY else field
    return problems.Invalid(faults[field], field=named, errors=faults)
