"""Reading `/ogc` as its clients do."""

import json
from collections.abc import Iterator
from typing import Any

from django.test import Client

HOST = "http://testserver"


def ask(client: Client, address: str, method: str = "GET", query: Any = None, **headers: str) -> tuple[Any, bytes]:
    """The answer and the whole of its body: a stream that is not read to its end would stay open."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Any = client.generic(method, address.removeprefix(HOST), query_params=query, headers=named)
    return answer, b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def read(client: Client, address: str, **query: Any) -> Any:
    """The JSON document at *address*, which may be a link of another document."""
    answer, body = ask(client, address, query=query)
    assert answer.status_code == 200, body
    return json.loads(body)


def link_of(document: Any, rel: str) -> str | None:
    """The address of the first link of this kind."""
    return next((link["href"] for link in document["links"] if link["rel"] == rel), None)


def pages(client: Client, address: str) -> Iterator[Any]:
    """The page at *address* and those that follow it over `next`."""
    following: str | None = address
    while following:
        page = read(client, following)
        assert page["numberReturned"] == len(page["features"])
        yield page
        following = link_of(page, "next")


def walk(client: Client, address: str) -> list[Any]:
    """All features from *address* on."""
    return [feature for page in pages(client, address) for feature in page["features"]]
