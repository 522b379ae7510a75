"""COPY from an iterator, in text format and flat memory."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ESCAPED = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY *rows* into *table*; returns their number.

    Values: None is NULL, list or tuple of numbers an array, everything else its `str()`. *cursor* is a
    Django or psycopg2 cursor; *table* and *columns* are names from our own code, never a user's.
    """
    return copy_lines(cursor, table, columns, (_line(row) for row in rows))


def copy_lines(cursor: Any, table: str, columns: Sequence[str], lines: Iterable[str]) -> int:
    """COPY *lines* that are in its text format already; returns their number."""
    source = _LineReader(iter(lines))
    copy_file(cursor, table, columns, source)
    return source.lines


def copy_file(cursor: Any, table: str, columns: Sequence[str], source: Any) -> None:
    """COPY a file of lines in its text format, or anything that reads like one, into *table*."""
    raw = getattr(cursor, "cursor", cursor)
    names = ", ".join(f'"{name}"' for name in columns)
    raw.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', source)


def _line(row: Sequence[Any]) -> str:
    return "\t".join(map(_text, row)) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES) if ESCAPED.search(value) else value
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


class _LineReader:
    """A file that psycopg2 can read from, fed line by line."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._source = lines
        self._rest = ""
        self.lines = 0

    def read(self, size: int = -1) -> str:
        parts, length = [self._rest], len(self._rest)
        for line in self._source:
            self.lines += 1
            parts.append(line)
            length += len(line)
            if 0 <= size <= length:
                break
        text = "".join(parts)
        if size < 0:
            self._rest = ""
            return text
        self._rest = text[size:]
        return text[:size]
