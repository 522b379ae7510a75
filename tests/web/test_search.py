"""`/api/search/`: what programs and the map's search box get."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def asked(client: Client, **query: Any) -> Any:
    answer = client.get("/api/search/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_result_says_what_and_where_it_is(client: Client) -> None:
    first = asked(client, q="bai chay")[0]
    assert (first["layer"], first["key"], first["title"]) == ("communes", "06673", "Bãi Cháy")
    assert first["layer_title"] == "Xã, phường, đặc khu"
    west, south, east, north = first["bbox"]
    assert west < first["place"]["lon"] < east
    assert south < first["place"]["lat"] < north
    assert client.get(first["data"]).json()["properties"]["name"] == "Bãi Cháy"
    assert first["link"] == "/#at=communes/06673"


def test_keys_with_slashes_travel_in_addresses(client: Client) -> None:
    first = next(one for one in asked(client, q="MH-01") if one["layer"] == "mining_concessions")
    assert "/" in first["key"]
    assert client.get(first["data"]).json()["properties"]["licence_number"] == first["key"]
    assert first["key"] in client.get(first["page"]).content.decode()


def test_a_result_leads_to_its_page_where_there_is_one(client: Client) -> None:
    pages = {one["key"]: one["page"] for one in asked(client, q="hong gai", limit=50)}
    assert [key for key, page in pages.items() if page]
    for key, page in pages.items():
        assert page is None or client.get(page).status_code == 200, key
    assert asked(client, q="20,95 107,08")[0]["page"] is None


def test_coordinates_are_a_place(client: Client) -> None:
    for text in ("2317566.472 430127.566", "20,95 107,08", "20°57'B 107°4'48\"Đ"):
        (only,) = asked(client, q=text)
        assert only["layer"] is None
        assert only["place"]["lon"] == pytest.approx(107.08, abs=1e-6)
        assert only["place"]["lat"] == pytest.approx(20.95, abs=1e-6)


def test_the_limit_is_kept(client: Client) -> None:
    assert len(asked(client, q="an", limit=3)) == 3
    assert len(asked(client, q="an", limit=50)) > 10


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "q"), ({"q": " "}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a\0b"}, "q"), ({"q": "ab", "limit": "0"}, "limit"),
     ({"q": "ab", "limit": "51"}, "limit"), ({"q": "ab", "limit": "x"}, "limit"),
     ({"q": "ab", "limit": "9" * 5000}, "limit")],
)  # fmt: skip
def test_a_bad_question_is_told_what_is_wrong(client: Client, query: dict[str, str], field: str) -> None:
    answer = client.get("/api/search/", query)
    assert answer.status_code == 400
    assert answer.json()["field"] == field


def test_titles_are_in_the_language_of_the_page(client: Client) -> None:
    assert asked(client, q="hà khẩu")[0]["subtitle"].startswith("Phường")
    client.post("/language/", {"language": "en", "next": "/"})
    assert asked(client, q="hà khẩu")[0]["subtitle"].startswith("Ward")
