"""Features narrowed by the values of their fields."""

import json
from typing import Any

import pytest
from django.test import Client

ITEMS = "/ogc/collections/{}/items"


def ask(client: Client, layer: str, status: int = 200, **query: str) -> dict[str, Any]:
    answer = client.get(ITEMS.format(layer), query)
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert answer.status_code == status, text[:300]
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_field_s_value_narrows_the_features_and_their_number(db: None, client: Client) -> None:
    everything = ask(client, "forest_plots", limit="10000")["features"]
    wanted = [one["id"] for one in everything if one["properties"]["forest_type"] == 2]
    found = ask(client, "forest_plots", forest_type="2", limit="10000")
    assert 0 < len(wanted) < len(everything)
    assert [one["id"] for one in found["features"]] == wanted
    assert found["numberMatched"] == len(wanted)


def test_defence_land_is_not_found_by_its_code(db: None, client: Client) -> None:
    found = ask(client, "parcels", land_use="CQP")
    assert found["features"] == [] and found["numberMatched"] == 0


def test_a_private_field_is_no_parameter_for_the_public(db: None, client: Client) -> None:
    assert ask(client, "forest_plots", 400, owner_name="x")["field"] == "owner_name"


@pytest.mark.parametrize(
    ("layer", "field", "value"),
    [("parcels", "sheet", "1 OR 1=1"), ("parcels", "valid_from", "2024-13-40"), ("parcels", "land_use", "\0")],
)
def test_a_value_that_a_field_cannot_have_is_named(
    db: None, client: Client, layer: str, field: str, value: str
) -> None:
    assert ask(client, layer, 400, **{field: value})["field"] == field


def test_quotes_in_a_value_stay_a_value(db: None, client: Client) -> None:
    assert ask(client, "parcels", land_use="' OR ''='")["features"] == []
