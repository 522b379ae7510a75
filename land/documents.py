"""Source documents as officers enter them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from gis.problems import Invalid
from land.models import SourceDocument
from land.operations import reading
from land.operations.reading import Body


def document_from(members: Mapping[str, Any]) -> SourceDocument:
    """The document that *members* name (kind, number, issued_on, issuer, title), entered where it is new.

    Raises `Invalid` with the field, also where a document of that number and day is known by another kind.
    """
    kind, number, issued_on, issuer, title = read_document(members, "document")
    found, _made = SourceDocument.objects.get_or_create(
        number=number, issued_on=issued_on, issuer=issuer, defaults={"kind": kind, "title": title}
    )
    if found.kind != kind:
        raise Invalid(
            _("A document of this number and day is known as another kind."),
            field="document.kind",
            expected=str(found.get_kind_display()),
        )
    return found


def read_document(members: Any, field: str) -> tuple[str, str, date, str, str]:
    """Kind, number, day, issuer and title; nothing is entered. Raises `Invalid` with the field."""
    body = Body(members, field)
    kind = body.take("kind", _kind)
    number = body.take("number", reading.text(80)).strip()
    issued_on = body.take("issued_on", past_day)
    issuer = body.take("issuer", reading.text(200)).strip()
    title = body.take_if_there("title", reading.text(300), "").strip()
    body.done()
    return kind, number, issued_on, issuer, title


def past_day(value: Any, field: str) -> date:
    """A day up to today, as YYYY-MM-DD."""
    try:
        day = parse_date(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("This is no day."), field=field, expected="YYYY-MM-DD")
    today = timezone.localdate()
    if not date(1900, 1, 1) <= day <= today:
        raise Invalid(_("This day is not in the past."), field=field, expected=f"1900-01-01 – {today}")
    return day


def _kind(value: Any, field: str) -> str:
    if value not in SourceDocument.Kind.values:
        raise Invalid(
            _("There is no kind of document with this name."),
            field=field,
            expected=", ".join(SourceDocument.Kind.values),
        )
    return str(value)
