"""The storm briefing: one file that opens from a disk without a network, moves, and tells what the database knows."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import shapely
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from support.accessibility import faults
from support.browser import DESKTOP, PHONE
from support.server import Server

HOSTILE = "</script><script>hacked=1</script>"
LIMIT = 1_500_000
"""Bytes."""


def yagi(server: Server) -> int:
    ((key,),) = server.sql("SELECT id FROM disaster_storm WHERE name = 'YAGI' AND NOT exercise")
    return int(key)


@pytest.fixture(scope="module")
def files(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Briefings that the command wrote: Yagi in both languages, and an exercise with a name that is markup."""
    folder = tmp_path_factory.mktemp("briefings")
    ((hostile,),) = server.sql(
        "INSERT INTO disaster_storm (basin, season, number, name, exercise) VALUES ('WP', 2024, 12, %s, true)"
        " RETURNING id",
        [HOSTILE],
    )
    server.sql(
        "INSERT INTO disaster_stormfix (storm_id, time, position, wind_kt, wind_averaging_minutes, kind, source)"
        " SELECT %s, time, position, wind_kt, wind_averaging_minutes, kind, %s"
        " FROM disaster_stormfix WHERE storm_id = %s",
        [hostile, '"><img src=x onerror=hacked=1>'[:40], yagi(server)],
    )
    server.sql("UPDATE places_commune SET name = %s WHERE code = '06685'", ["<b>Hồng Gai</b>"])
    server.sql(
        "UPDATE disaster_rescueasset SET name = %s WHERE id = (SELECT min(id) FROM disaster_rescueasset)", [HOSTILE]
    )
    made = {"vi": ("yagi", "vi"), "en": ("yagi", "en"), "hostile": (str(hostile), "vi")}
    for name, (storm, language) in made.items():
        done = server.manage("briefing", storm, str(folder / f"{name}.html"), "--language", language)
        assert done.returncode == 0, done.stderr
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def open_file(files: dict[str, Path], browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_file("vi", PHONE)`: a briefing from the disk, the network off; anything it asks for or says fails."""
    wrong: list[str] = []
    contexts = []

    def opened(name: str, viewport: ViewportSize = DESKTOP) -> Page:
        address = files[name].as_uri()

        def asked(request: Request) -> None:
            if request.url != address and not request.url.startswith("data:"):
                wrong.append(request.url)

        context = browser.new_context(viewport=viewport, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", asked)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        page.wait_for_selector(".eye svg")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def at(page: Page, index: int) -> None:
    page.locator("#time").fill(str(index))


@pytest.mark.parametrize(
    ("name", "viewport", "words"),
    [
        ("vi", DESKTOP, ["Bão số 3 · YAGI · 2024", "Siêu bão, cấp 17", "Không phải ranh giới pháp lý", "20,9°B"]),
        ("en", DESKTOP, ["Storm no. 3 · YAGI · 2024", "Super storm, level 17", "Not a legal boundary", "20.9°N"]),
        ("vi", PHONE, ["145 kt (269 km/h), trung bình 1 phút", "907 hPa", "Nguồn đường đi: JTWC"]),
        ("en", PHONE, ["145 kt (269 km/h), 1-minute mean", "Natural Earth"]),
    ],
)
def test_it_opens_from_a_disk_without_a_network(
    files: dict[str, Path], open_file: Callable[..., Page], name: str, viewport: ViewportSize, words: list[str]
) -> None:
    page = open_file(name, viewport)
    text = page.inner_text("body")
    assert [word for word in words if word not in text] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert page.locator("path.commune").count() == 54 and page.locator("path.land").count() >= 1
    assert page.get_attribute("html", "lang") == name
    assert files[name].stat().st_size < LIMIT
    assert "http://" not in re.sub(r"http://www\.w3\.org/\d+/\w+", "", files[name].read_text(encoding="utf-8"))
    assert "DIỄN TẬP" not in text, "what happened is no exercise"


def test_the_slider_moves_the_storm_its_winds_and_the_communes_they_have_met(open_file: Callable[..., Page]) -> None:
    page = open_file("vi")
    assert "13:00 07/09/2024" in page.inner_text("#now"), "it opens where the storm came nearest"
    assert page.locator("path.wind").count() == 3
    met = page.locator("path.commune:not([data-wind='0'])")
    assert met.count() == 54
    there = page.locator(".eye").bounding_box()
    at(page, 0)
    assert page.locator(".eye").bounding_box() != there
    assert "13:00 07/09/2024" not in page.inner_text("#now") and met.count() == 0
    assert page.locator("path.wind").count() == 0
    page.click("#play")
    expect(page.locator("#time")).to_have_value("2")
    page.click("#play")
    held = page.input_value("#time")
    page.wait_for_timeout(900)
    assert page.input_value("#time") == held


def test_the_archipelagos_are_named_wherever_the_map_reaches_them(open_file: Callable[..., Page]) -> None:
    for language, name in (("vi", "Quần đảo {} (Việt Nam)"), ("en", "{} Archipelago (Việt Nam)")):
        page = open_file(language)
        page.click("#whole")
        islands = page.locator(".place.archipelago")
        expect(islands).to_have_count(2)
        told = [text.replace("\n", " ") for text in islands.all_inner_texts()]
        assert told == [name.format(archipelago) for archipelago in ("Hoàng Sa", "Trường Sa")]


def test_the_table_tells_first_times_as_the_outlines_do(server: Server, open_file: Callable[..., Page]) -> None:
    winds = server.sql(
        "SELECT to_char(fix.time AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24:MI DD/MM'), threshold_kt, ST_AsBinary(geom)"
        " FROM disaster_windradius radius JOIN disaster_stormfix fix ON fix.id = fix_id WHERE storm_id = %s"
        " ORDER BY fix.time",
        [yagi(server)],
    )
    outlines = server.sql(
        "SELECT commune_id, ST_AsBinary(ST_Transform(geom, 4326)) FROM places_communeoutline WHERE valid_to IS NULL"
    )
    expected: dict[str, dict[int, str]] = {}
    for code, outline in outlines:
        shape = shapely.from_wkb(bytes(outline))
        for time, threshold, wind in winds:
            if shapely.intersects(shape, shapely.from_wkb(bytes(wind))):
                expected.setdefault(code, {}).setdefault(threshold, time)
    page = open_file("en")
    told = {
        row.get_attribute("data-code"): [text.strip() for text in row.locator("td.time-of").all_inner_texts()]
        for row in page.locator("tbody tr").all()
    }
    assert told == {code: [times.get(kt, "–") for kt in (34, 50, 64)] for code, times in expected.items()}
    counts = [int(text) for text in page.locator(".winds b").all_inner_texts()]
    assert counts == [sum(kt in times for times in expected.values()) for kt in (34, 50, 64)]


def test_names_that_are_markup_stay_names(open_file: Callable[..., Page]) -> None:
    page = open_file("hostile")
    assert page.evaluate("window.hacked") is None
    assert page.inner_text("h1") == f"{HOSTILE} · 2024"
    assert page.title().endswith("DIỄN TẬP") and HOSTILE in page.title()
    assert "onerror" in page.inner_text("footer")
    page.locator("path.asset").first.hover(force=True)
    assert page.evaluate("document.images.length") == 0
    assert page.locator("script").count() == 3
    data = json.loads(page.locator("#briefing-data").text_content() or "")
    assert HOSTILE in " ".join(asset["title"] for asset in data["assets"])
    assert "<b>Hồng Gai</b>" in {commune["name"] for commune in data["communes"]}


@pytest.mark.parametrize(("name", "viewport"), [("vi", DESKTOP), ("hostile", PHONE)])
def test_nothing_keeps_anybody_from_using_it(
    files: dict[str, Path], browser: Browser, name: str, viewport: ViewportSize
) -> None:
    context = browser.new_context(viewport=viewport, bypass_csp=True)  # axe-core is a script that its policy forbids
    page = context.new_page()
    page.goto(files[name].as_uri())
    page.wait_for_selector(".eye svg")
    assert faults(page) == []
    context.close()


def test_an_exercise_is_marked_all_over(open_file: Callable[..., Page]) -> None:
    page = open_file("hostile")
    assert page.locator(".watermark").inner_text() == "DIỄN TẬP"
    assert "DIỄN TẬP" in page.inner_text("header")


def test_the_address_serves_it_under_a_policy_that_allows_its_own_scripts_alone(
    server: Server, visit: Callable[..., Page]
) -> None:
    path = f"/disaster/storms/{yagi(server)}/briefing.html"
    answer = requests.get(f"{server.url}{path}", timeout=30)
    policy = answer.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if "script-src" in part).split()[1:]
    assert len(scripts) == 2 and all(one.startswith("'sha256-") for one in scripts)
    assert "default-src 'none'" in policy and "http" not in policy
    page = visit(path, viewport=PHONE, language="en")
    page.wait_for_selector(".eye svg")
    assert "Storm no. 3" in page.inner_text("h1")


def asset_places(text: str) -> dict[str, tuple[float, float]]:
    found = re.search(r'id="briefing-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return {one["title"].split()[0]: (one["lon"], one["lat"]) for one in json.loads(found[1])["assets"]}


def test_assets_stand_where_the_layer_shows_them_to_this_viewer(server: Server, password: str) -> None:
    url = f"{server.url}/disaster/storms/{yagi(server)}/briefing.html"
    exact = {code: (lon, lat) for code, lon, lat in server.sql(
        "SELECT code, ST_X(position), ST_Y(position) FROM disaster_rescueasset WHERE position IS NOT NULL"
    )}  # fmt: skip
    public, duty = requests.get(url, timeout=30), server.session("duty", password).get(url, timeout=30)
    assert set(asset_places(public.text)) == set(exact) == set(asset_places(duty.text))
    for code, (lon, lat) in asset_places(public.text).items():
        assert (round(lon, 2), round(lat, 2)) == pytest.approx((lon, lat), abs=1e-9), code
    assert asset_places(duty.text) == {code: pytest.approx(place, abs=1e-6) for code, place in exact.items()}
    contacts = [contact for (contact,) in server.sql("SELECT contact FROM disaster_rescueasset WHERE contact <> ''")]
    assert not any(contact in public.text for contact in contacts)
    assert "no-store" in public.headers["Cache-Control"]


@pytest.mark.parametrize("key", ["0", "999999", "99999999999999999999999"])
def test_a_storm_that_is_not_there_has_no_briefing(server: Server, key: str) -> None:
    answer: Any = requests.get(f"{server.url}/disaster/storms/{key}/briefing.html", timeout=30)
    assert answer.status_code == 404


def test_the_map_leads_to_it(server: Server, open_map: Callable[..., Page]) -> None:
    page = open_map()
    link = page.locator(".storm-head a")
    assert re.fullmatch(r"/disaster/storms/\d+/briefing.html", link.get_attribute("href") or "")
