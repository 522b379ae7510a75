"""Printed maps: true to scale, in the reader's language, with what the viewer may see and nothing else."""

import io
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pypdf
import pypdfium2
import pytest
from django.db import connections
from django.test import Client

from gis.access.models import User
from gis.layers import Layer
from gis.web.printing import views
from land.models import Parcel
from support import pictures
from support.pictures import SOUTH, WEST

pytestmark = pytest.mark.django_db

TITLE = "Trích lục thửa đất: phường Hồng Gai, Hạ Long"
MIDDLE = f"{WEST + 100},{SOUTH + 100}"
MM = 72 / 25.4
FINE = 10
"""Pixels of a rendered page to the millimetre, for measuring."""
COARSE = 4
ONE_LAYER = {"layers": "communes", "scale": 25_000, "center": MIDDLE}


Pixels = npt.NDArray[np.uint8]
"""Rows, columns, and blue, green and red."""


class Edges(NamedTuple):
    """Where something is on a page, millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(autouse=True)
def coarse_pictures(settings: Any, request: pytest.FixtureRequest) -> None:
    """Pictures of fewer pixels, which are drawn faster, where nothing is measured."""
    if "scale" not in request.fixturenames:
        settings.MAP_MAX_SIDE = 1024


@pytest.fixture(scope="module")
def shapes(django_db_setup: None) -> Iterator[Layer]:
    with pictures.test_shapes(str(connections["default"].settings_dict["NAME"])) as layer:
        yield layer


def printed(client: Client | None = None, **asked: Any) -> bytes:
    """The document that the query answers with."""
    response = (client or Client()).get(f"/print?{urlencode(asked)}")
    assert response.status_code == 200, response.content[:500]
    assert response["Content-Type"] == "application/pdf"
    return bytes(response.content)


def refusal(client: Client | None = None, **asked: Any) -> dict[str, Any]:
    """The problem that the query answers with."""
    response = (client or Client()).get(f"/print?{urlencode(asked)}")
    assert response.status_code == 400, response.status_code
    problem: dict[str, Any] = response.json()
    return problem


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def words_of(document: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def looked_at(document: bytes, dots: int = COARSE) -> Pixels:
    """The first page as pixels, *dots* to the millimetre."""
    page = pypdfium2.PdfDocument(document)[0]
    return page.render(scale=dots / MM).to_numpy()[..., :3]


def edges_of_red(picture: Pixels) -> Edges:
    """Around what is plainly red in the picture of a sheet looked at finely."""
    red = (picture[..., 2] > 250) & (picture[..., 0] < 5) & (picture[..., 1] < 5)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    return Edges(*(float(value) / FINE for value in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)))


def middles_of(document: bytes, text: str) -> list[tuple[float, float]]:
    """Where *text* stands on the first page: the middles of its places, millimetres from the upper left corner."""
    page = pypdfium2.PdfDocument(document)[0]
    letters = page.get_textpage()
    search = letters.search(text)
    found = []
    while place := search.get_next():
        boxes = [letters.get_charbox(place[0] + number) for number in range(place[1])]
        left, bottom, right, top = (
            choose(values) for choose, values in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
        )
        found.append(((left + right) / 2 / MM, (page.get_height() - (bottom + top) / 2) / MM))
    return found


@pytest.mark.parametrize(
    ("paper", "orientation", "scale", "size"),
    [("A4", "portrait", 1_000, (210, 297)), ("A3", "landscape", 2_500, (420, 297))],
)
def test_a_hundred_metres_on_the_ground_have_their_length_on_paper_and_lie_at_their_grid_lines(
    shapes: Layer, paper: str, orientation: str, scale: int, size: tuple[int, int]
) -> None:
    middle = f"{WEST + 63.7},{SOUTH + 41.3}"
    document = printed(
        layers="test_shapes", scale=scale, paper=paper, orientation=orientation, center=middle, grid="ticks"
    )
    page = pypdf.PdfReader(io.BytesIO(document)).pages[0]
    assert [float(side) / MM for side in page.mediabox.upper_right] == pytest.approx(size, abs=0.01)
    red = edges_of_red(looked_at(document, FINE)[: (size[1] - 70) * FINE, : 300 * FINE])  # not the legend's
    true = 100_000 / scale
    assert red.right - red.left == pytest.approx(true, abs=0.3)
    assert red.bottom - red.top == pytest.approx(true, abs=0.3)
    for across, _down in middles_of(document, "430 000"):
        assert across == pytest.approx(red.left, abs=0.3)
    for _across, down in middles_of(document, "2 317 000"):
        assert down == pytest.approx(red.bottom, abs=0.3)
    assert len(middles_of(document, "430 000")) == len(middles_of(document, "2 317 000")) == 2


def test_the_middle_may_be_given_in_degrees(shapes: Layer) -> None:
    asked = {"layers": "test_shapes", "scale": 2_000, "paper": "A4"}
    in_degrees = looked_at(printed(**asked, center="107.08,20.95", srid=4326))
    in_metres = looked_at(printed(**asked, center="430127.566,2317566.472"))
    assert np.mean(np.any(in_degrees != in_metres, axis=2)) < 0.001


def test_styles_follow_the_scale_on_paper_not_the_resolution(shapes: Layer) -> None:
    asked = {"layers": "test_shapes", "styles": "outline", "grid": "ticks", "center": f"{WEST + 1300},{SOUTH + 300}"}
    maps = [
        looked_at(printed(**asked, scale=scale))[40 * COARSE : 180 * COARSE, 30 * COARSE : 180 * COARSE]
        for scale in (5_000, 5_001)
    ]
    assert [float(np.mean(seen < 128)) > 0.005 for seen in maps] == [True, False]


def test_the_sheet_says_in_vietnamese_what_a_reader_of_paper_must_know(db: None) -> None:
    sheet = printed(signed_in("land.halong"), **ONE_LAYER, title=TITLE, paper="A3", orientation="landscape")
    reader = pypdf.PdfReader(io.BytesIO(sheet))
    words = words_of(sheet)
    for said in (
        TITLE,
        "1:25 000",
        "1 cm trên bản đồ bằng 250 m ngoài thực địa",
        "VN-2000, kinh tuyến trục 107°45′",
        "cách nhau 1 km",
        "độ hội tụ kinh tuyến tại tâm −0°14′",
        "Không phải ranh giới pháp lý",
        "Chú giải Xã, phường, đặc khu",
        "(giờ Việt Nam)",
        "người in: land.halong",
        "Halong: bản đồ mở tỉnh Quảng Ninh",
    ):
        assert said in words, said
    assert (reader.metadata or {}).get("/Title") == TITLE
    assert (reader.metadata or {}).get("/Author") == "Halong"
    assert reader.root_object["/Lang"] == "vi"
    assert reader.root_object["/ViewerPreferences"]["/PrintScaling"] == "/None"
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    used = [font.get_object() for font in fonts if "DejaVu" in font.get_object()["/BaseFont"]]
    assert len(used) >= 3
    assert all("/FontFile2" in font["/FontDescriptor"] and "/ToUnicode" in font for font in used)


def test_the_sheet_speaks_english_where_that_is_asked_for_or_the_page_is_english() -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    for sheet in (printed(**ONE_LAYER, language="en"), printed(client, **ONE_LAYER)):
        words = words_of(sheet)
        assert "Not a legal boundary" in words
        assert "printed by a visitor who is not signed in" in words
        assert pypdf.PdfReader(io.BytesIO(sheet)).root_object["/Lang"] == "en"


def test_a_long_title_is_broken_into_lines_that_stay_on_the_sheet() -> None:
    title = "Bản đồ " + "W" * 60 + " và trích lục các thửa đất của phường Hồng Gai"
    document = pypdfium2.PdfDocument(printed(**ONE_LAYER, title=title))
    letters = document[0].get_textpage()
    boxes = [letters.get_charbox(number) for number in range(letters.count_chars())]
    assert min(box[0] for box in boxes if box[2] > box[0]) / MM > 8
    assert max(box[2] for box in boxes) / MM < 210 - 8
    assert "".join(title.split()) in "".join(letters.get_text_range().split())


def test_the_legend_explains_what_is_on_the_sheet_and_nothing_else(shapes: Layer) -> None:
    public = printed(layers="test_shapes", scale=1_000, center=MIDDLE)
    assert "Hình thử & <nghiệm> Đỏ Khác" in words_of(public)
    far = printed(layers="test_shapes,communes", scale=1_000, center=f"{WEST + 5000},{SOUTH}")
    assert "Hình thử" not in words_of(far)


def test_the_legend_tells_classes_that_layers_only_draw_by_and_rows_that_are_drawn_at_the_scale() -> None:
    sheet = words_of(printed(layers="coast,place_labels,storm_tracks", scale=500_000, center="420000,2312000"))
    assert "Đường đi của bão" in sheet.partition("Chú giải")[2]
    assert "Địa danh Thành phố" in sheet
    assert "Thủ đô" not in sheet
    assert "Natural Earth" in sheet


def test_a_legend_without_room_goes_on_overleaf() -> None:
    layers = "communes,parcels,forest_plots,mining_concessions,waste_dumps,shelters,gauges,rescue_assets"
    sheet = printed(layers=layers, scale=500_000, center="440000,2330000", paper="A4")
    pages = pypdf.PdfReader(io.BytesIO(sheet)).pages
    assert len(pages) == 2
    assert pages[1].mediabox == pages[0].mediabox
    assert "Lô rừng" in pages[1].extract_text()


def test_defence_land_is_on_no_sheet_of_a_citizen_and_on_its_officers() -> None:
    parcel = Parcel.objects.current().filter(land_use="CQP").order_by("identifier")[0]
    inside = parcel.geom.point_on_surface
    asked = {"layers": "parcels", "scale": 500, "center": f"{inside.x:.3f},{inside.y:.3f}", "grid": "ticks"}
    # The middle of the map on upright A4, millimetres from the upper left corner of the page.
    across, down = 105, 122.5
    seen = {}
    for name in ("", "leader"):
        picture = looked_at(printed(signed_in(name) if name else None, **asked))
        spot = picture[int(down - 1) * COARSE : int(down + 1) * COARSE, (across - 1) * COARSE : (across + 1) * COARSE]
        seen[name] = float(np.mean(np.all(spot == 255, axis=2)))
    assert seen == {"": 1.0, "leader": pytest.approx(0.0, abs=0.3)}


def test_a_hidden_layer_is_as_unknown_as_one_that_does_not_exist() -> None:
    asked = {"scale": 25_000, "center": MIDDLE}
    hidden, unknown = refusal(layers="incidents", **asked), refusal(layers="nothing_like_it", **asked)
    assert hidden == unknown
    assert hidden["field"] == "layers"
    assert "incidents" not in hidden["expected"]
    assert printed(signed_in("duty"), layers="incidents", **asked)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("layers", ""),
        ("layers", ",".join(["communes"] * 21)),
        ("styles", "no_such_style"),
        ("styles", "outline,outline"),
        ("scale", ""),
        ("scale", "499"),
        ("scale", "500001"),
        ("scale", "1e4"),
        ("scale", "25000.5"),
        ("paper", "A0"),
        ("orientation", "upside-down"),
        ("center", ""),
        ("center", "430000"),
        ("center", "nan,2317000"),
        ("center", "1,2,3"),
        ("center", "2317000,430000"),
        ("center", "99999999999999,2317000"),
        ("srid", "5900"),
        ("srid", "1 OR 1=1"),
        ("grid", "dots"),
        ("language", "fr"),
        ("title", "x" * 121),
        ("title", "Hồng\x00Gai"),
        ("title", "Hồng\nGai"),
        ("title", "\u202eiaG gnồH"),
        ("title", "地圖"),
    ],
)
def test_a_wrong_value_is_told_with_its_name_and_what_fits(field: str, value: str) -> None:
    problem = refusal(**{**ONE_LAYER, field: value})
    assert problem["field"] == field
    assert problem["expected"]


def test_sheets_leave_a_drawing_process_to_the_maps_on_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    monkeypatch.setattr(views, "_seats", threading.BoundedSemaphore(1))
    with views._seats:
        assert Client().get(f"/print?{urlencode(ONE_LAYER)}").status_code == 503
    assert printed(**ONE_LAYER)


def test_a_form_may_be_posted_and_no_cache_keeps_its_answer() -> None:
    response = Client(enforce_csrf_checks=True).post("/print", ONE_LAYER | {"title": TITLE})
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"] == 'inline; filename="halong-A4-25000.pdf"'
    assert Client().put("/print").status_code == 405
