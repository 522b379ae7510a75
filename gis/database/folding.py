"""Texts as they are compared when nobody types diacritics: "Bãi Cháy" is found by "bai chay", "Đông" by "dong"."""

import re
import unicodedata

from django.db.models import BooleanField, Func, TextField

MARKS = re.compile("[\u0300-\u036f]+")


class Fold(Func):
    """`fold` in the database."""

    function = "halong_fold"
    output_field = TextField()


class HasWords(Func):
    """Whether a text has the words of `beginnings`, which an index on its folded words answers."""

    template = "(to_tsvector('simple'::regconfig, halong_fold(%(expressions)s)))"
    arg_joiner = ")) @@ to_tsquery('simple'::regconfig, ("
    output_field = BooleanField()


def beginnings(words: list[str]) -> str:
    """A query for texts in which a word begins with each of the folded *words*."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted)


def fold(text: str) -> str:
    """*text* in lower case, without marks, đ as d; the same as SQL's `halong_fold`."""
    bare = unicodedata.normalize("NFD", text).replace("Đ", "D").replace("đ", "d")
    return MARKS.sub("", bare).lower()
