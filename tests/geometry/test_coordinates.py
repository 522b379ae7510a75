"""Coordinates as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.geometry.coordinates import LONGEST, read_coordinates
from gis.geometry.crs import LEGAL_SRID, WGS84_SRID, transformer


@pytest.mark.parametrize(
    "text",
    [
        "430127.566 2317566.472",
        "2317566.472 430127.566",
        "430127,566 2317566,472",
        "2.317.566,472; 430.127,566",
        "vn-2000 x=2317566,472, y=430127,566",
        "VN-2000: B 2 317 566,472 Đ 430 127,566",
        "20.95 107.08",
        "107.08 20.95",
        "20,95 107,08",
        "20,95; 107,08",
        "20.95,107.08",
        "20,9500°B 107,0800°Đ",
        "N20.95 E107.08",
        "107.08E, 20.95N",
        "20°57'00\"N 107°04'48\"E",
        "20 57 00 N 107 04 48 E",
        "20°57′0″B, 107°4′48″Đ",
        "107°4,8'Đ 20°57'B",
    ],
)
def test_every_usual_way_of_writing_names_the_same_place(text: str) -> None:
    place = read_coordinates(text)
    assert place is not None
    assert place == pytest.approx((107.08, 20.95), abs=1e-7)


@pytest.mark.parametrize(
    "text",
    [
        "", "12/34", "12 34", "220123456789", "2317566", "20.95N 107.08N", "20°61'N 107°E", "20.95 107.08 5",
        "1000000 430128", "95.0 107.08", "2095107", "95107", "20.510707", "bão số 3",
        "20.95 -107.08", "6" * 80, "1 " * 40,
    ],
)  # fmt: skip
def test_what_names_no_place_of_these_seas_is_no_coordinate(text: str) -> None:
    assert read_coordinates(text) is None


@given(st.floats(400_000, 480_000), st.floats(2_300_000, 2_390_000))
def test_the_legal_grid_is_read_to_the_millimetre_in_either_order(east: float, north: float) -> None:
    for text in (f"{east:.3f} {north:.3f}", f"{north:.3f} {east:.3f}", f"{north:.3f};{east:.3f}".replace(".", ",")):
        place = read_coordinates(text)
        assert place is not None
        back = transformer(WGS84_SRID, LEGAL_SRID).transform(*place)
        assert back == pytest.approx((east, north), abs=0.0015)  # half a millimetre of rounding, and PROJ's own inverse


@given(st.text(max_size=LONGEST + 20))
def test_no_text_breaks_the_reading(text: str) -> None:
    read_coordinates(text)


@given(st.text(alphabet="0123456789 .,;°'\"NSEWBĐTxy-", max_size=LONGEST))
def test_no_heap_of_digits_and_signs_breaks_it_either(text: str) -> None:
    read_coordinates(text)
