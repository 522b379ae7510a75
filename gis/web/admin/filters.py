"""Filters beside lists."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from gis.problems import Text


class Among(admin.SimpleListFilter):
    """Rows by one of a field's `values`. Django's own filter reads the whole table for them, each time."""

    field: ClassVar[str]

    def values(self) -> Iterable[tuple[str, Text]]:
        """Each with its words."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(words)) for value, words in self.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset
