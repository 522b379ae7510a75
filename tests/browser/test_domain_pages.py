"""Lists and details with their maps, as people use them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from support.accessibility import assert_accessible
from support.browser import DESKTOP, PHONE

MARKED = "() => window.place.rows.markedKey"


@pytest.mark.parametrize(("viewport", "language"), [(DESKTOP, "vi"), (PHONE, "en")])
def test_a_list_and_its_map_point_at_each_other(visit: Callable[..., Page], viewport: object, language: str) -> None:
    page = visit("/forests/forest_plots/?sort=-legal_area_ha", viewport=viewport, language=language)
    if viewport is PHONE:
        page.click("#place summary")
    page.wait_for_selector("#place[data-rows]")
    line = page.locator("tr[data-key]").nth(2)
    assert page.evaluate("() => window.place.rows.count") == page.locator("tr[data-key]").count()
    line.locator("a").focus()
    key = line.get_attribute("data-key")
    page.wait_for_function(f"key => ({MARKED})() === key", arg=key)
    assert "pointed" in (line.get_attribute("class") or "")
    assert_accessible(page)
    line.locator("a").click()
    page.wait_for_function(f"key => window.place && ({MARKED})() === key", arg=key)
    assert_accessible(page)
