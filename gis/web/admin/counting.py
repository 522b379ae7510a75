"""Pages of lists over tables of millions of rows, without counting them."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet

EXACT_UP_TO = 2000
"""Rows that are counted; more are not, since each click would count them again."""

MOST_PAGES = 200
"""That can be leafed through: a page far behind costs reading all before it. Filters and searches lead further."""


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit; beyond it, takes the planner's estimate of the same query."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        counted = rows.order_by()[: EXACT_UP_TO + 1].count()
        return counted if counted <= EXACT_UP_TO else max(counted, estimated_rows(rows))

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, MOST_PAGES)


def estimated_rows(rows: QuerySet) -> int:  # type: ignore[type-arg]
    """How many rows PostgreSQL expects of *rows*, from its statistics: no table is read."""
    sql, parameters = rows.order_by().query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    return int(plan[0]["Plan"]["Plan Rows"])
