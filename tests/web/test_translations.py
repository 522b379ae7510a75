"""Vietnamese first: every text has its translation, and only the switch changes the language."""

import gettext
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation.template import templatize

from gis.access.language import language_of
from gis.environment import ROOT
from support.server import Server

CATALOGUE = ROOT / "gis" / "web" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
PACKAGES = ("gis", "land", "forests", "mines", "disaster", "fixtures")
KEYWORDS = (
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)
"""Those of Django beside the ones that xgettext knows for Python."""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdrgf]|\{\w+\}")
ENGLISH_BROWSER = {"accept-language": "en-US,en;q=0.9"}
NOWHERE = "/ogc/collections/nowhere"

Texts = dict[Any, str]
"""By msgid; by (msgid, number) where there is a plural."""


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Requests leave their language to the thread; other tests begin in Vietnamese."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


def compiled(catalogue: str, folder: Path) -> Texts:
    """The texts that msgfmt makes of *catalogue*: it leaves out what is empty or fuzzy."""
    target = folder / "texts.mo"
    subprocess.run(["msgfmt", "-", "-o", target], input=catalogue, text=True, check=True)
    with target.open("rb") as file:
        texts: Texts = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    return {key: text for key, text in texts.items() if key}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """Every text that the code and the templates hand to gettext."""
    folder = tmp_path_factory.mktemp("said")
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    for template in (path for package in PACKAGES for path in (ROOT / package).rglob("templates/**/*.html")):
        code = folder / f"{template.stem}.py"
        code.write_text(templatize(template.read_text(encoding="utf-8")), encoding="utf-8")
        sources.append(code)
    command = ["xgettext", "--from-code=UTF-8", "--language=Python", "--output=-"]
    found = subprocess.run(
        [*command, *(f"--keyword={keyword}" for keyword in KEYWORDS), *map(str, sources)],
        capture_output=True,
        text=True,
        check=True,
    )
    filled = subprocess.run(["msgen", "-"], input=found.stdout, capture_output=True, text=True, check=True)
    texts = compiled(filled.stdout.replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=n!=1"), folder)
    return {key: text for key, text in texts.items() if not (isinstance(key, tuple) and key[1])}  # Vietnamese has one


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    return compiled(CATALOGUE.read_text(encoding="utf-8"), tmp_path_factory.mktemp("translated"))


def test_every_text_of_the_code_is_translated(said: Texts, translated: Texts) -> None:
    assert len(said) > 300
    assert not sorted(map(str, said.keys() - translated.keys())), "bring them in with `make messages`"


def test_nothing_is_translated_that_the_code_does_not_say(said: Texts, translated: Texts) -> None:
    assert not sorted(map(str, translated.keys() - said.keys()))


def test_translations_keep_the_placeholders(said: Texts, translated: Texts) -> None:
    lost = {
        text: translated[key]
        for key, text in said.items()
        if key in translated and sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translated[key]))
    }
    assert not lost


def test_the_catalogue_is_composed_and_of_nobody() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "fuzzy" not in text
    assert "@" not in text
    assert not re.search(r"^#: /", text, re.MULTILINE)


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, ENGLISH_BROWSER], ids=["no header", "a browser set up in English"])
def test_pages_and_problems_are_vietnamese_by_default(client: Client, headers: dict[str, str]) -> None:
    page = client.get("/", headers=headers)
    assert page["Content-Language"] == "vi"
    assert '<html lang="vi">' in page.content.decode()
    assert "Lớp bản đồ" in page.content.decode()
    assert client.get(NOWHERE, headers=headers).json()["title"] == "Không tìm thấy nội dung ở địa chỉ này"


@pytest.mark.django_db
def test_the_switch_leads_to_english_and_back(client: Client) -> None:
    assert client.post("/language/", {"language": "en", "next": "/"})["Location"] == "/"
    page = client.get("/")
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()
    assert "Sign in" in page.content.decode()
    assert client.get(NOWHERE).json()["title"] == "Nothing was found here"
    client.post("/language/", {"language": "vi", "next": "/"})
    assert '<html lang="vi">' in client.get("/").content.decode()


@pytest.mark.parametrize("chosen", ["", "xx", "../en", "e" * 600])
def test_a_language_that_is_not_offered_is_vietnamese(chosen: str) -> None:
    request = RequestFactory().get("/", headers=ENGLISH_BROWSER)
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen
    assert language_of(request) == "vi"


def test_the_stream_speaks_the_language_of_the_page(server: Server) -> None:
    def refusal(cookies: dict[str, str]) -> str:
        answer = requests.get(
            f"{server.url}/live/", {"topics": "x"}, headers=ENGLISH_BROWSER, cookies=cookies, timeout=10
        )
        detail: str = answer.json()["detail"]
        return detail

    assert refusal({}) == "Không có chủ đề “x”."
    assert refusal({settings.LANGUAGE_COOKIE_NAME: "en"}) == "There is no topic “x”."
