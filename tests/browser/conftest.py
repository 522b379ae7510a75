"""A strict browser: whatever goes wrong in a page, or leaves this machine, fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

from gis.environment import ROOT
from support.browser import DESKTOP, PHONE
from support.server import Server

CHROMIUM = Path("/usr/bin/chromium")
BUILT = ROOT / "gis" / "web" / "pages" / "static" / "pages" / "map.js"
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
)
WITHOUT_HOST = {"data", "blob", "about"}


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """Headless Chromium, closed with the module: while Playwright's event loop runs, Django refuses all queries here.

    For the same reason it starts after the server and its database.
    """
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    if not BUILT.exists():
        pytest.fail("The front end has not been built: npm ci && npm run build in frontend/", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield chromium
        chromium.close()


class Watch:
    """What must not happen in a page."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def over(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"error in the page: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in WITHOUT_HOST and address.hostname != "127.0.0.1":
            self.wrong.append(f"request to the outside: {request.url}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end for everything that a watched page did wrong."""
    watching = Watch()
    yield watching
    assert not watching.wrong, "\n".join(watching.wrong)


@pytest.fixture
def visit(browser: Browser, server: Server, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`visit("/accounts/login/", viewport=PHONE, language="en")`: any page, in a browser of its own."""
    contexts: list[BrowserContext] = []

    def visited(path: str, *, viewport: ViewportSize = DESKTOP, language: str = "") -> Page:
        context = browser.new_context(
            viewport=viewport,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=viewport is PHONE,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        if language:
            context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server.url}])
        page = context.new_page()
        watch.over(page)
        page.goto(f"{server.url}{path}")
        return page

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture
def open_map(visit: Callable[..., Page]) -> Callable[..., Page]:
    """`open_map("#12/20.95/107.08", viewport=PHONE, language="en")`: the live map in a browser of its own."""

    def opened(place: str = "", *, viewport: ViewportSize = DESKTOP, language: str = "") -> Page:
        page = visit(f"/{place}", viewport=viewport, language=language)
        page.wait_for_function("window.halong && document.querySelector('#live').dataset.state === 'live'")
        return page

    return opened
