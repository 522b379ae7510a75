"""Texts as they are compared when nobody types diacritics: "Bãi Cháy" is found by "bai chay", "Đông" by "dong"."""

import re
import unicodedata

from django.db.models import Func, TextField

MARKS = re.compile("[\u0300-\u036f]+")


class Fold(Func):
    """`fold` in the database."""

    function = "halong_fold"
    output_field = TextField()


def fold(text: str) -> str:
    """*text* in lower case, without marks, đ as d; the same as SQL's `halong_fold`."""
    bare = unicodedata.normalize("NFD", text).replace("Đ", "D").replace("đ", "d")
    return MARKS.sub("", bare).lower()
