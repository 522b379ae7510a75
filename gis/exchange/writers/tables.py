"""CSV and XLSX. Texts that a spreadsheet would take for formulas stay texts in both."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from gis.exchange.writers.table import Table
from gis.layers import Field
from gis.layers.values import as_parameter, shown, whole
from gis.problems import TooLarge

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read a text as a formula."""
MOST_XLSX_ROWS = 1_048_576 - 2
"""Of a sheet, without the note and the headings."""
BOM = "\ufeff"
"""Without it Excel reads UTF-8 as a national code page; programs stumble over it, so that it is asked for."""


class _Line:
    """A file that gives each line back."""

    def write(self, text: str) -> str:
        return text


def csv_pieces(table: Table) -> Iterator[str]:
    """RFC 4180, codes as stored; the heading of a last, empty column is the note."""
    writer: Any = csv.writer(_Line())
    fields = table.fields
    yield writer.writerow([*(field.name for field in fields), table.note])
    for values in table.records():
        yield writer.writerow([*map(_cell, fields, values), ""])


def marked_csv_pieces(table: Table) -> Iterator[str]:
    """The same for Excel, which knows by a mark that it is UTF-8."""
    yield BOM
    yield from csv_pieces(table)


def _cell(field: Field, value: Any) -> str:
    if value is None:
        return ""
    text = as_parameter(value)
    return f"'{text}" if field.kind == "string" and text.startswith(FORMULA) else text


def write_xlsx(table: Table, path: Path) -> None:
    """A workbook of one sheet: words instead of codes, units in the headings, the note in the first row.

    Rows leave memory as they are written. Raises `TooLarge` beyond what a sheet holds.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet(table.layer.name[:31])
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, table.note)
        fields = table.fields
        for column, field in enumerate(fields):
            sheet.write_string(1, column, f"{field.title} ({field.unit})" if field.unit else str(field.title), bold)
        sheet.freeze_panes(2, 0)
        for row, values in enumerate(table.records(), 2):
            if row - 2 >= MOST_XLSX_ROWS:
                raise TooLarge(_("A sheet holds at most %s rows. Narrow the list first.") % whole(MOST_XLSX_ROWS))
            for column, (field, value) in enumerate(zip(fields, values, strict=True)):
                _write_cell(sheet, row, column, field, value)


def _write_cell(sheet: Any, row: int, column: int, field: Field, value: Any) -> None:
    if value is None:
        return
    if field.kind in ("integer", "number") and not field.values:
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, shown(field, value))
