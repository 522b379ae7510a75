"""Tables between commas or semicolons, read as a stream of rows; what cannot be read is told by its line."""

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gis.exchange.encodings import Decoder, decoder
from gis.exchange.vectors import LINE, Feature
from gis.problems import BadParameter

LONGEST_LINE_BYTES = 2**20
SEPARATORS = (",", ";", "\t")


def refusal(detail: str, **extra: int) -> BadParameter:
    expected = _("a table in UTF-8 between commas, semicolons or tabs, with a header")
    return BadParameter(detail, field="file", expected=expected, **extra)


@dataclass
class TableFile:
    """An open table; rows are features without a shape, numbered by the line that they end on."""

    name: str
    digest: str
    """SHA-256."""
    columns: list[str]
    count: int
    """Lines below the header."""
    rows: Any

    def batches(self, size: int = 1000) -> Iterator[list[Feature]]:
        """All rows. Raises `BadParameter` where the file is no table any more."""
        features = self._features()
        while batch := list(islice(features, size)):
            yield batch

    def _features(self) -> Iterator[Feature]:
        while True:
            try:
                cells = next(self.rows, None)
            except csv.Error as error:
                raise refusal(
                    _("Line %d is no row of a table.") % self.rows.line_num, row=self.rows.line_num
                ) from error
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield self._feature([cell.strip() or None for cell in cells])

    def _feature(self, cells: list[str | None]) -> Feature:
        faults = []
        if len(cells) != len(self.columns):
            told = _("The row has %(cells)d cells, the header %(columns)d.")
            faults.append((LINE, told % {"cells": len(cells), "columns": len(self.columns)}))
        values = dict.fromkeys(self.columns) | dict(zip(self.columns, cells, strict=False))
        return Feature(self.rows.line_num, values, None, faults)


@contextmanager
def open_table(path: Path, encoding: str = "utf-8") -> Iterator[TableFile]:
    """The table *path*. Raises `BadParameter` for what is missing, empty, binary, or not in *encoding*."""
    if not path.is_file():
        raise refusal(_("There is no such file: %s.") % path.name)
    try:
        decode = decoder(encoding)
    except LookupError as error:
        raise BadParameter(_("There is no encoding %s.") % encoding, field="encoding", expected="utf-8") from error
    digest, lines = _measured(path)
    with path.open("rb") as source:
        texts = _texts(source, decode)
        header = next(texts, "").removeprefix("\ufeff")
        separator = max(SEPARATORS, key=header.count)
        columns = [cell.strip() for cell in next(csv.reader([header], delimiter=separator), [])]
        if not any(columns):
            raise refusal(_("The file is empty: %s.") % path.name)
        if twice := sorted({column for column in columns if columns.count(column) > 1}):
            raise refusal(_("Columns stand twice in the header: %s.") % ", ".join(twice))
        rows = _Rows(csv.reader(texts, delimiter=separator, strict=True))
        yield TableFile(path.name, digest, columns, max(0, lines - 1), rows)


class _Rows:
    """A reader of CSV that counts the header's line too."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    @property
    def line_num(self) -> int:
        return int(self._reader.line_num) + 1

    def __iter__(self) -> "_Rows":
        return self

    def __next__(self) -> list[str]:
        cells: list[str] = next(self._reader)
        return cells


def _measured(path: Path) -> tuple[str, int]:
    """SHA-256 and number of lines."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as source:
        while block := source.read(2**20):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines


def _texts(source: Any, decode: Decoder) -> Iterator[str]:
    number = 0
    while line := source.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES:
            raise refusal(_("Line %d is longer than any row of a table.") % number, row=number)
        if b"\0" in line:
            raise refusal(_("Line %d holds what is no text.") % number, row=number)
        try:
            yield decode(line)
        except UnicodeDecodeError as error:
            raise refusal(_("Line %d is not in the expected encoding; name it with --encoding.") % number) from error
