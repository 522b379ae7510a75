"""Text files that somebody hands in: opened with care, refused with a clear word."""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from gis.problems import BadParameter, Text

LARGEST_TEXT_BYTES = 64 * 1024 * 1024
"""Of a text that is worked on whole."""
LINE_END = re.compile(r"\r\n|\n|\r")
BLOCK_BYTES = 2**16
LONGEST_LINE = 2**20
"""Letters; nothing that we read has longer ones, and one line is in memory at a time."""


@dataclass(frozen=True)
class Lines:
    """The lines of a file that hold anything, numbered from 1; read anew by whoever asks, one at a time."""

    path: Path

    def __iter__(self) -> Iterator[tuple[int, str]]:
        with self.path.open(encoding="utf-8-sig") as source:
            for number, line in enumerate(source, 1):
                if line.strip():
                    yield number, line.removesuffix("\n")


@dataclass(frozen=True)
class TextFile:
    """A file of lines: its name, its lines that hold anything, numbered from 1, its SHA-256, and its size in bytes."""

    name: str
    lines: Iterable[tuple[int, str]]
    digest: str
    size: int = 0


def read_text(path: Path, *, expected: Text, limit: int = LARGEST_TEXT_BYTES) -> TextFile:
    """*path*, looked through once. *expected* says what the file should be, for the refusals; *limit* in bytes.

    Raises `BadParameter` for a file that is missing, no plain file, too large, empty, binary or not UTF-8.
    """

    def refusal(detail: str, **extra: int) -> BadParameter:
        return BadParameter(detail, field="file", expected=expected, **extra)

    if not path.is_file():
        raise refusal(_("There is no such file: %s.") % path.name)
    if path.stat().st_size > limit:
        raise refusal(_("The file is larger than %d MiB.") % (limit // 2**20))
    look = _Look()
    try:
        with path.open("rb") as source:
            while block := source.read(BLOCK_BYTES):
                look.at(block)
            look.at(b"", final=True)
    except OSError as error:
        raise refusal(_("The file cannot be read: %s.") % path.name) from error
    except UnicodeDecodeError as error:
        raise refusal(_("Line %d is not UTF-8 text.") % look.line, row=look.line) from error
    if look.binary:
        raise refusal(_("This is not a text file: %s.") % path.name)
    if look.blank:
        raise refusal(_("The file is empty: %s.") % path.name)
    if look.longest > LONGEST_LINE:
        raise refusal(_("Line %d is longer than any line of such a file.") % look.longest_line, row=look.longest_line)
    return TextFile(path.name, Lines(path), look.digest.hexdigest(), path.stat().st_size)


class _Look:
    """What a text is like, seen block by block."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.binary = False
        self.blank = True
        self.line = 1
        self.longest = 0
        self.longest_line = 1
        self._length = 0
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def at(self, block: bytes, *, final: bool = False) -> None:
        """Raises `UnicodeDecodeError`, with `line` at its place; nothing is decoded any more once it is binary."""
        self.digest.update(block)
        self.binary = self.binary or b"\0" in block
        if self.binary:
            return
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.line += error.object[: error.start].count(b"\n")
            raise
        self.blank = self.blank and not text.strip()
        for place, part in enumerate(LINE_END.split(text)):
            if place:
                self.line, self._length = self.line + 1, 0
            self._length += len(part)
            if self._length > self.longest:
                self.longest, self.longest_line = self._length, self.line
