"""axe-core finds no serious fault, in either language, on either size of screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from support.accessibility import assert_accessible
from support.browser import DESKTOP, PHONE, wait_until_drawn

OpenPage = Callable[..., Page]
SCREENS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
LANGUAGES = pytest.mark.parametrize("language", ["vi", "en"])


@SCREENS
@LANGUAGES
def test_the_map_has_no_serious_fault(open_map: OpenPage, viewport: ViewportSize, language: str) -> None:
    page = open_map(viewport=viewport, language=language)
    wait_until_drawn(page, "communes")
    if viewport is PHONE:
        page.locator("#panel-toggle").click()
    for opener in page.locator(".legend-toggle").all():
        opener.click()
    assert_accessible(page)


@SCREENS
@LANGUAGES
def test_signing_in_has_no_serious_fault(visit: OpenPage, viewport: ViewportSize, language: str) -> None:
    page = visit("/accounts/login/", viewport=viewport, language=language)
    assert_accessible(page)
