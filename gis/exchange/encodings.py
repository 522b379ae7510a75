"""The texts of Vietnamese files: which encoding a table says it has, TCVN3, and words that were read wrongly."""

import re
import unicodedata
from collections.abc import Callable

TCVN3_LETTERS = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedf"
            "e1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""TCVN3 (ABC), a font encoding: byte → letter; bytes below 0x80 are ASCII."""
TCVN3_SUSPECTS = re.compile(
    r"[A-Za-z][¨ª¬\xadµ¶·¸¹¼½¾Þþ]|[¨ª¬\xadµ¶·¸¹¼½¾Þþ][A-Za-z]|[A-Za-z][¡-§©«®»][A-Za-z]|®[a-zª-ÿ]"
)
"""Signs that no Vietnamese word has beside a letter, but that TCVN3 read as Latin-1 is full of."""

Decoder = Callable[[bytes], str]


def decoder(name: str) -> Decoder:
    """The decoder of an encoding, strict, giving NFC. Raises LookupError for a name that nobody knows."""
    plain = name.strip().lower().replace("_", "-")
    if plain in {"tcvn3", "abc", "tcvn-3"}:
        return _from_tcvn3
    codec = _codec(plain)
    b"".decode(codec)
    return lambda raw: unicodedata.normalize("NFC", raw.decode(codec))


def _codec(name: str) -> str:
    """Python's name for what a `.cpg` file says: `UTF-8`, `1258`, `ANSI 1252`, `ISO 88591`, `65001`."""
    if name in {"65001", "utf8"}:
        return "utf-8"
    if latin := re.fullmatch(r"(?:iso[ -]?)?8859-?(\d{1,2})", name):
        return f"iso8859-{latin[1]}"
    if page := re.fullmatch(r"(?:ansi|oem|cp|windows)?[ -]?(\d{3,4})", name):
        return f"cp{page[1]}"
    return name


def _from_tcvn3(raw: bytes) -> str:
    for place, byte in enumerate(raw):
        if byte >= 0x80 and byte not in TCVN3_LETTERS:
            raise UnicodeDecodeError("tcvn3", raw, place, place + 1, "no letter of TCVN3")
    return "".join(TCVN3_LETTERS.get(byte, chr(byte)) for byte in raw)


def misread(text: str) -> bool:
    """Whether *text* was decoded by a wrong encoding somewhere on its way (`Háº¡ Long`, `H¹ Long`, `H� Long`)."""
    if text.isascii():
        return False
    if "�" in text or any("\x80" <= letter <= "\x9f" for letter in text) or TCVN3_SUSPECTS.search(text):
        return True
    return any(_was_utf8(text, single) for single in ("cp1252", "latin-1", "cp1258"))


def _was_utf8(text: str, single: str) -> bool:
    """Whether *text* is UTF-8 that was read as the single-byte encoding *single*."""
    try:
        return not text.encode(single).decode("utf-8").isascii()
    except UnicodeError:
        return False
