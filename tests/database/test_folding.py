"""Texts without diacritics: the database and the service fold alike."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.database.folding import fold

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = "".join(unicodedata.normalize("NFC", letter + tone) for letter in VOWELS for tone in TONES)
ALPHABET = f"{LETTERS}{LETTERS.upper()}bcdđĐghklmnpqrstvxBCDGHKLMNPQRSTVX 0123456789-/'%_\\"


def folded_by_sql(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT halong_fold(%s)", [text])
        answer: str = cursor.fetchone()[0]
    return answer


@pytest.mark.parametrize(
    ("text", "folded"), [("Hồng Gai", "hong gai"), ("ĐÔNG TRIỀU", "dong trieu"), ("Ba Chẽ", "ba che")]
)
def test_a_name_loses_its_marks_and_capitals(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_vietnamese_letter_becomes_a_plain_one() -> None:
    assert fold(ALPHABET).isascii()


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=ALPHABET, max_size=40))
def test_the_database_folds_as_the_service_does(text: str) -> None:
    assert folded_by_sql(text) == fold(text)
    assert folded_by_sql(unicodedata.normalize("NFD", text)) == fold(text)
