"""The letters of printed maps: the DejaVu faces that Mapnik's labels are drawn with, so that both look alike.

They come with the mapnik wheel, whose folder is found without importing it, and have every Vietnamese letter.
"""

import importlib.util
from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD, TITLE = "Halong", "Halong-Bold", "Halong-Title"
FACES = {
    PLAIN: "DejaVuSansCondensed.ttf",
    BOLD: "DejaVuSansCondensed-Bold.ttf",
    TITLE: "DejaVuSerifCondensed-Bold.ttf",
}


@lru_cache(maxsize=1)
def load() -> dict[str, TTFont]:
    """The faces by name, known to reportlab from now on; only the letters used are put into a file."""
    found = importlib.util.find_spec("mapnik")
    if found is None or found.origin is None:
        raise RuntimeError("The mapnik wheel, whose fonts are used, is not installed.")
    folder = Path(found.origin).parent / "lib" / "mapnik" / "fonts"
    fonts = {name: TTFont(name, str(folder / file)) for name, file in FACES.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


def knows(letter: str) -> bool:
    """Whether titles can be written with *letter*."""
    return ord(letter) in load()[TITLE].face.charToGlyph


def width_of(text: str, face: str, size: float) -> float:
    """Points that *text* takes."""
    load()
    return float(pdfmetrics.stringWidth(text, face, size))


def wrapped(text: str, face: str, size: float, width: float) -> list[str]:
    """*text* in lines of at most *width* points, broken between words, and inside one that is longer than a line."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, face, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width_of(line, face, size) > width and len(line) > 1:
            fits = next(
                end for end in range(len(line) - 1, 0, -1) if end == 1 or width_of(line[:end], face, size) <= width
            )
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


def balanced(text: str, face: str, size: float, width: float) -> list[str]:
    """The same in no more lines, but as even as they can be."""
    lines = wrapped(text, face, size, width)
    for percent in range(95, 50, -5):
        narrower = wrapped(text, face, size, width * percent / 100)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines
