"""Text files that somebody hands in: opened with care, refused with a clear word."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from gis.problems import BadParameter

LARGEST_TEXT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class TextFile:
    """A file read whole: its name, its lines numbered from 1, and its SHA-256."""

    name: str
    lines: list[tuple[int, str]]
    digest: str


def read_text(path: Path, *, expected: str, limit: int = LARGEST_TEXT_BYTES) -> TextFile:
    """The lines of *path* that hold anything. *expected* says what the file should be, for the refusals.

    Raises `BadParameter` for a file that is missing, not a plain file, too large, empty, binary or not UTF-8.
    """
    if not path.is_file():
        raise BadParameter(_("There is no such file: %s.") % path.name, field="file", expected=expected)
    if path.stat().st_size > limit:
        raise BadParameter(
            _("The file is larger than %d MiB.") % (limit // 2**20), field="file", expected=expected
        )
    raw = path.read_bytes()
    if b"\0" in raw:
        raise BadParameter(_("This is not a text file: %s.") % path.name, field="file", expected=expected)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadParameter(
            _("Line %d is not UTF-8 text.") % line, field="file", expected=expected, row=line
        ) from None
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise BadParameter(_("The file is empty: %s.") % path.name, field="file", expected=expected)
    return TextFile(path.name, lines, hashlib.sha256(raw).hexdigest())
