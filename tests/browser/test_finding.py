"""Search, links, measuring and help on the live map."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from support.accessibility import assert_accessible
from support.browser import DESKTOP, PHONE

OpenMap = Callable[..., Page]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_place_is_found_by_keyboard_and_its_link_leads_back(open_map: OpenMap, viewport: ViewportSize) -> None:
    page = open_map(viewport=viewport)
    box = page.get_by_role("combobox", name="Tìm kiếm")
    box.fill("bai chay")
    expect(page.get_by_role("option").first).to_contain_text("Bãi Cháy")
    assert_accessible(page)
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "search-option-0"
    box.press("Enter")
    expect(page.locator("#card details[data-layer=communes]")).to_contain_text("Bãi Cháy")
    page.wait_for_function("location.hash.includes('at=communes/06673')")
    page.go_back()
    expect(page.locator("#card")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#card details[data-layer=communes]")).to_contain_text("Bãi Cháy")


def test_a_result_and_its_card_lead_to_the_page_with_all_details(open_map: OpenMap) -> None:
    page = open_map()
    box = page.get_by_role("combobox", name="Tìm kiếm")
    box.fill("bão yagi")
    expect(page.get_by_role("option").first).to_contain_text("YAGI 2024")
    box.press("Control+Enter")
    page.wait_for_url("**/disaster/storm_tracks/*")
    expect(page.get_by_role("main")).to_contain_text("YAGI")
    page.go_back()
    box.fill("bão yagi")
    expect(page.get_by_role("option").first).to_contain_text("YAGI 2024")
    box.press("Enter")
    page.get_by_role("link", name="Tất cả chi tiết").click()
    page.wait_for_url("**/disaster/storm_tracks/*")


def test_coordinates_in_the_legal_grid_lead_to_their_place(open_map: OpenMap) -> None:
    page = open_map()
    page.locator("#search-text").fill("2317566.472 430127.566")
    page.locator("#search-text").press("Enter")
    expect(page.locator("#card")).to_contain_text("20,95000°B 107,08000°Đ")


def test_a_distance_is_measured_with_the_keyboard(open_map: OpenMap) -> None:
    page = open_map("#12/20.95/107.08")
    page.locator("#map").focus()
    page.keyboard.press("m")
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "window.halong.map.getView().getCenter()[0] > 11920200 && !window.halong.map.getView().getAnimating()"
    )
    page.keyboard.press("Enter")
    expect(page.locator(".figures dd").first).to_contain_text("km")
    expect(page.locator(".figures dd").first).to_contain_text(",")


def test_english_pages_speak_english_in_scripts_too(open_map: OpenMap) -> None:
    page = open_map("#12/20.95/107.08", language="en")
    expect(page.locator("#pointer")).to_contain_text("°N")
    page.locator("#map").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")
