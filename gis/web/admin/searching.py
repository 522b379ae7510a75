"""Searching names without typing their diacritics, as the map's search does (`gis.database.folding`)."""

from typing import Any

from django.db.models import F, Q, QuerySet

from gis.database.folding import Fold, fold


def containing(rows: QuerySet[Any], term: str, *fields: str) -> QuerySet[Any]:
    """Rows with each word of *term* in one of *fields*; reads the whole table, so for those of some thousand rows."""
    rows = rows.alias(**{f"folded_{number}": Fold(F(field)) for number, field in enumerate(fields)})
    for word in fold(term).split():
        wanted = Q()
        for number, _field in enumerate(fields):
            wanted |= Q(**{f"folded_{number}__contains": word})
        rows = rows.filter(wanted)
    return rows
