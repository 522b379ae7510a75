"""Text files that somebody hands in: opened with care, refused with a clear word."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from gis.problems import BadParameter, Text

LARGEST_TEXT_BYTES = 64 * 1024 * 1024
LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class TextFile:
    """A file read whole: its name, its lines that hold anything, numbered from 1, and its SHA-256."""

    name: str
    lines: list[tuple[int, str]]
    digest: str


def read_text(path: Path, *, expected: Text, limit: int = LARGEST_TEXT_BYTES) -> TextFile:
    """The lines of *path*. *expected* says what the file should be, for the refusals; *limit* in bytes.

    Raises `BadParameter` for a file that is missing, no plain file, too large, empty, binary or not UTF-8.
    """

    def refusal(detail: str, **extra: int) -> BadParameter:
        return BadParameter(detail, field="file", expected=expected, **extra)

    if not path.is_file():
        raise refusal(_("There is no such file: %s.") % path.name)
    if path.stat().st_size > limit:
        raise refusal(_("The file is larger than %d MiB.") % (limit // 2**20))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise refusal(_("The file cannot be read: %s.") % path.name) from error
    if b"\0" in raw:
        raise refusal(_("This is not a text file: %s.") % path.name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise refusal(_("Line %d is not UTF-8 text.") % row, row=row) from error
    lines = [(number, line) for number, line in enumerate(LINE_END.split(text), 1) if line.strip()]
    if not lines:
        raise refusal(_("The file is empty: %s.") % path.name)
    return TextFile(path.name, lines, hashlib.sha256(raw).hexdigest())
