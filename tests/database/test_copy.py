"""Rows go through COPY as they are, whatever they hold, and without being gathered."""

from collections.abc import Iterator

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.database.copy import copy_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.none() | TEXT, st.booleans(), st.lists(st.integers(0, 2**40), max_size=4)), max_size=8))
def test_what_comes_out_is_what_went_in(db: None, rows: list[tuple[str | None, bool, list[int]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS copied (word text, flag boolean, ids bigint[])")
        cursor.execute("DELETE FROM copied")
        assert copy_rows(cursor, "copied", ["word", "flag", "ids"], rows) == len(rows)
        cursor.execute("SELECT word, flag, ids FROM copied")
        assert sorted(map(repr, cursor.fetchall())) == sorted(map(repr, rows))


def test_rows_are_taken_as_they_are_sent(db: None) -> None:
    waiting = []

    def rows() -> Iterator[tuple[str]]:
        for number in range(5000):
            waiting.append(number)
            yield ("x" * 1000,)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE streamed (word text)")
        assert copy_rows(cursor, "streamed", ["word"], rows()) == len(waiting) == 5000
