"""From the map's print panel to the PDF."""

import io
from collections.abc import Callable

import pypdf
from playwright.sync_api import Page, expect

from support.accessibility import assert_accessible
from support.browser import PHONE, drawn, wait_until_drawn

OpenMap = Callable[..., Page]
PLACE = "#14/20.95/107.08&layers=communes,parcels"
MM = 72 / 25.4


def test_a_sheet_is_chosen_by_keyboard_seen_on_the_map_and_opened_as_pdf(open_map: OpenMap) -> None:
    page = open_map(PLACE)
    assert drawn(page, "print_frame") == 0
    page.locator("#map").focus()
    page.keyboard.press("p")
    panel = page.get_by_role("region", name="In bản đồ")
    wait_until_drawn(page, "print_frame")
    expect(panel.locator("#print-scale option:checked")).to_contain_text("gần nhất")
    panel.get_by_label("Tiêu đề").fill("Tờ in thử: phường Hồng Gai")
    panel.get_by_label("Khổ giấy").select_option(label="A3 ngang")
    panel.get_by_label("Tỷ lệ").select_option(value="5000")
    expect(panel).to_contain_text("ngoài thực địa")
    assert_accessible(page)
    link = panel.get_by_role("link", name="Mở tệp PDF")
    with page.expect_popup() as opened:
        link.press("Enter")
    answer = page.context.request.get(opened.value.url)
    assert answer.headers["content-type"] == "application/pdf"
    sheet = pypdf.PdfReader(io.BytesIO(answer.body()))
    opened.value.close()
    assert [round(float(side) / MM) for side in sheet.pages[0].mediabox.upper_right] == [420, 297]
    words = " ".join(sheet.pages[0].extract_text().split())
    assert "Tờ in thử: phường Hồng Gai" in words
    assert "1:5 000" in words
    assert "430 000" in words
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert drawn(page, "print_frame") == 0


def test_on_a_phone_the_panel_says_why_there_is_nothing_to_print(open_map: OpenMap) -> None:
    page = open_map("#8/12/115", viewport=PHONE, language="en")
    page.get_by_role("button", name="Print", exact=True).click()
    expect(page.locator(".print-reason")).to_contain_text("too far from the province")
    assert page.locator(".print-open").get_attribute("href") is None
    assert_accessible(page)
    page.evaluate("window.halong.map.getView().setCenter([11919000, 2384000])")
    expect(page.locator(".print-reason")).to_be_hidden()
    assert "language=en" in (page.locator(".print-open").get_attribute("href") or "")
