"""Files that somebody hands in are opened with care."""

from pathlib import Path

import pytest

from gis.exchange.files import LONGEST_LINE, read_text
from gis.problems import BadParameter


def read(path: Path, content: bytes, limit: int = 1000) -> list[tuple[int, str]]:
    path.write_bytes(content)
    return list(read_text(path, expected="a list", limit=limit).lines)


def test_lines_keep_their_numbers_whatever_ends_them(tmp_path: Path) -> None:
    assert read(tmp_path / "x", b"one\r\n\r\ntwo\n  \nthree\rfour") == [
        (1, "one"),
        (3, "two"),
        (5, "three"),
        (6, "four"),
    ]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert read(tmp_path / "x", "\ufeffmột".encode()) == [(1, "một")]


def test_unusual_separators_inside_a_line_do_not_shift_the_numbers(tmp_path: Path) -> None:
    assert read(tmp_path / "x", "a\u2028b\x0bc\nd".encode()) == [(1, "a\u2028b\x0bc"), (2, "d")]


@pytest.mark.parametrize(
    ("content", "limit"),
    [(b"", 1000), (b" \n\t\n", 1000), (b"\x1f\x8b\x00\x01", 1000), (b"ok\nTh\xe9", 1000), (b"x" * 11, 10)],
    ids=["empty", "blank", "binary", "not UTF-8", "too large"],
)
def test_what_is_no_text_is_refused_with_what_was_expected(tmp_path: Path, content: bytes, limit: int) -> None:
    with pytest.raises(BadParameter) as refusal:
        read(tmp_path / "name.txt", content, limit)
    assert (refusal.value.field, refusal.value.expected) == ("file", "a list")
    assert str(tmp_path) not in str(refusal.value)


def test_the_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadParameter) as refusal:
        read(tmp_path / "x", b"one\ntwo\nth\xff")
    assert refusal.value.extra["row"] == 3


def test_a_line_without_an_end_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="2"):
        read(tmp_path / "x", b"one\n" + b"x" * (LONGEST_LINE + 1), limit=2 * LONGEST_LINE)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_is_not_there_or_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadParameter):
        read_text(tmp_path / name, expected="a list")


def test_the_digest_tells_two_files_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    digest = read_text(tmp_path / "a", expected="").digest
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
