"""The pages that people open: the map's shell and configuration, signing in, the state of the service."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gis.access.viewer import Viewer
from gis.environment import ROOT
from gis.layers import registry
from gis.web.pages.map_config import map_config
from gis.web.pages.texts import map_texts
from land.desk.texts import desk_texts

SCRIPTS = ROOT / "frontend" / "src"
TEXT_KEY = re.compile(r'\btext\(\s*"(\w+)"')
TEXT_PATTERN = re.compile(r"\btext\(`(\w*)\$\{\w+(?:\([^)]*\))?\}(\w*)`")


def config_of(page: bytes) -> dict[str, Any]:
    """The JSON that the page hands to its script."""
    found = re.search(r'<script id="config" type="application/json">(.*?)</script>', page.decode(), re.DOTALL)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


@pytest.mark.django_db
def test_the_map_lists_every_layer_with_its_style(client: Client) -> None:
    layers = config_of(client.get("/").content)["layers"]
    assert [layer["name"] for layer in layers] == [layer.name for layer in registry.all_layers(Viewer.public())]
    for layer in layers:
        assert layer["style"]["rules"]
        assert layer["tiles"] == f"/tiles/{layer['name']}/{{z}}/{{x}}/{{y}}.mvt"


@pytest.mark.django_db
def test_private_fields_do_not_exist_on_the_public_map(viewer: Any) -> None:
    def fields(config: dict[str, Any]) -> set[str]:
        return {f"{layer['name']}.{field['name']}" for layer in config["layers"] for field in layer["fields"]}

    private = {
        f"{layer.name}.{field.name}"
        for layer in registry.declared().values()
        for field in layer.fields
        if field.private
    }
    assert private
    assert not private & fields(map_config(Viewer.public()))
    assert private & fields(map_config(viewer("admin")))


@pytest.mark.django_db
def test_the_first_view_is_the_province(client: Client) -> None:
    west, south, east, north = config_of(client.get("/").content)["bounds"]
    assert 105 < west < 107.08 < east < 109
    assert 19 < south < 20.95 < north < 23


def scripts(of: str) -> str:
    """The scripts of the desk, which has texts of its own, or those of all other pages."""
    wanted = [path for path in SCRIPTS.rglob("*.ts") if (SCRIPTS / "desk" in path.parents) == (of == "desk")]
    return "\n".join(path.read_text(encoding="utf-8") for path in wanted)


@pytest.mark.parametrize(("page", "texts"), [("map", map_texts), ("desk", desk_texts)])
def test_every_text_that_the_scripts_say_comes_with_the_page(page: str, texts: Callable[[], dict[str, str]]) -> None:
    known = {**map_texts(), **texts()}
    source = scripts(page)
    assert set(TEXT_KEY.findall(source)) <= known.keys()
    for start, end in TEXT_PATTERN.findall(source):
        assert [key for key in known if key.startswith(start) and key.endswith(end)], f"{start}…{end}"


def test_no_text_is_sent_that_nothing_says() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.ts"))
    patterns = TEXT_PATTERN.findall(source)

    def said(key: str) -> bool:
        return f'"{key}"' in source or any(key.startswith(start) and key.endswith(end) for start, end in patterns)

    assert not [key for key in map_texts() if not said(key)]


@pytest.mark.django_db
def test_signing_in_leads_back_to_the_map(client: Client, password: str) -> None:
    answer = client.post("/accounts/login/", {"username": "duty", "password": password, "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert config_of(client.get("/").content)["user"] == "duty"
    client.post("/accounts/logout/")
    assert config_of(client.get("/").content)["user"] is None


@pytest.mark.django_db
def test_a_wrong_password_is_told_without_saying_which_half_is_wrong(client: Client) -> None:
    answers = [
        client.post("/accounts/login/", {"username": name, "password": "sai-mat-khau"}).content.decode()
        for name in ("duty", "nobody")
    ]
    assert all('role="alert"' in answer for answer in answers)


@pytest.mark.django_db
def test_signing_in_never_leads_to_another_site(client: Client, password: str) -> None:
    form = {"username": "duty", "password": password, "next": "https://example.com/"}
    assert client.post("/accounts/login/", form)["Location"] == "/"


@pytest.mark.django_db
def test_health_and_readiness_ask_the_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}
    assert client.get("/readyz").json()["migrations"] == "ok"


@pytest.mark.django_db
def test_a_missing_page_is_a_page_for_people_and_a_problem_for_programs(client: Client) -> None:
    page = client.get("/nowhere", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    problem = client.get("/nowhere", headers={"accept": "application/json"})
    assert problem["Content-Type"] == "application/problem+json"
