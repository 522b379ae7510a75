"""Every row that is read ends somewhere, and the account adds up."""

import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from gis.exchange.files import TextFile
from gis.exchange.ledger import TOLD_REFUSALS, Ledger
from gis.exchange.models import ImportRun
from gis.exchange.progress import LINE_EVERY, shown


def ledger(refused: int = 0) -> Ledger:
    counted = Ledger()
    counted.count("stored", 3)
    counted.count("merged", 2)
    counted.count("unchanged")
    for row in range(refused, 0, -1):
        counted.refuse(row, "no good", "wind")
    return counted


def test_the_sum_is_what_was_read() -> None:
    assert ledger(refused=4).read == 10
    with translation.override("en"):
        first, *rest = ledger(refused=2).account()
    assert first == "8 rows read = 3 stored + 2 merged + 1 unchanged + 2 refused"
    assert rest == ["row 1, wind: no good", "row 2, wind: no good"], "in the order of the file"


def test_rows_held_back_are_in_the_sum() -> None:
    counted = ledger(refused=1)
    counted.count("held", 5)
    with translation.override("en"):
        assert next(counted.account()).endswith("1 refused + 5 held back") and counted.read == 12


def test_a_long_list_of_refusals_is_cut_and_says_so() -> None:
    lines = list(ledger(refused=TOLD_REFUSALS + 5).account())
    assert len(lines) == TOLD_REFUSALS + 2 and "5" in lines[-1]


def test_an_account_can_be_looked_up(db: None) -> None:
    run = ledger(refused=2).save("import_things", TextFile("things.csv", [], "0" * 64))
    kept = ImportRun.objects.get(pk=run.pk)
    assert (kept.read, kept.stored, kept.merged, kept.unchanged, kept.refused) == (8, 3, 2, 1, 2)
    assert sorted(kept.refusals.values_list("row", "field", "reason")) == [
        (1, "wind", "no good"),
        (2, "wind", "no good"),
    ]


def test_the_database_keeps_no_account_that_does_not_add_up(db: None) -> None:
    statement = (
        "INSERT INTO exchange_importrun (command, file_name, digest, read, stored, merged, unchanged, held, refused)"
        " VALUES ('x', 'x', 'x', 5, 1, 1, 1, 1, 0)"
    )
    with pytest.raises(IntegrityError, match="accounts_for_every_row"), transaction.atomic():
        connection.cursor().execute(statement)


def test_away_from_a_terminal_progress_is_a_line_now_and_then() -> None:
    out = io.StringIO()
    rows = range(2 * LINE_EVERY + 1)
    assert list(shown(rows, "things", out)) == list(rows)
    assert out.getvalue().splitlines() == [
        f"things: {done} / {len(rows)} rows" for done in (LINE_EVERY, 2 * LINE_EVERY)
    ]


def test_few_rows_pass_in_silence() -> None:
    out = io.StringIO()
    assert list(shown(["a"], "things", out)) == ["a"] and out.getvalue() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_a_bar() -> None:
    out = Terminal()
    assert list(shown(["a", "b"], "things", out)) == ["a", "b"]
    assert "2/2" in out.getvalue()
