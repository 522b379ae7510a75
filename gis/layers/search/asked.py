"""What was typed, as names are compared with it."""

import re
import unicodedata
from typing import NamedTuple

from gis.database.folding import fold
from gis.layers.base import Search

LONGEST_TEXT = 200
"""Characters; a longer text is no name of anything."""


class Asked(NamedTuple):
    """What was typed: composed and in lower case, and folded. No sign of it is a control or of private use."""

    text: str
    folded: str

    @classmethod
    def read(cls, text: str) -> "Asked":
        """*text* composed, without control characters and superfluous spaces."""
        readable = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text[:LONGEST_TEXT])
        plain = " ".join(unicodedata.normalize("NFC", readable).lower().split())
        return cls(plain, fold(plain))

    @property
    def words(self) -> list[str]:
        return self.folded.split()

    def without_lead(self, declared: Search) -> "Asked":
        """This without a word that stands before names of such a layer."""
        for lead in declared.lead:
            match = re.match(rf"{lead}(?:\. ?| )(?=.)", self.folded)
            if match:
                return Asked(self.text[match.end() :], self.folded[match.end() :])
        return self
