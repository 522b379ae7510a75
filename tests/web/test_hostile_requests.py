"""What nobody sends by mistake is refused with a word, and never crashes anything."""

from typing import Any

import pytest
from django.test import Client

from gis.access.models import User
from land.models import Parcel


@pytest.fixture
def officer(db: None, client: Client) -> Client:
    client.force_login(User.objects.get(username="land.halong"))
    return client


@pytest.fixture
def address(db: None) -> str:
    parcel = Parcel.objects.current().filter(commune_id="06685").exclude(land_use_id__in=["CQP", "CAN"])[0]
    return f"/api/land/parcels/{parcel.identifier}/attributes"


def patch(client: Client, address: str, body: str) -> Any:
    return client.patch(address, body, content_type="application/json", headers={"If-Match": '"1"'})


def test_a_body_nested_without_end_is_no_json_for_us(officer: Client, address: str) -> None:
    answer = patch(officer, address, "[" * 200_000)
    assert (answer.status_code, answer.json()["expected"]) == (400, "application/json")


def test_a_body_beyond_the_limit_is_told_the_limit(officer: Client, address: str) -> None:
    answer = patch(officer, address, '{"document": "' + "x" * 3_000_000 + '"}')
    assert answer.status_code == 413
    assert "2 MiB" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("land_use", '"\\u0000"'),
        ("land_use", '"\\ud800"'),
        ("legal_area_m2", '"1e400"'),
        ("legal_area_m2", '"1E-999999"'),
        ("legal_area_m2", '"1E+999999999"'),
        ("number", '{"$gt": 0}'),
        ("sheet", "null"),
    ],
)
def test_a_value_that_no_column_can_hold_is_named(officer: Client, address: str, field: str, value: str) -> None:
    answer = patch(officer, address, f'{{"values": {{"{field}": {value}}}, "document": "QĐ 1"}}')
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "path", ["/api/disaster/assets/B01%00", "/api/land/parcels/%00", "/tiles/%00/0/0/0.mvt", "/%00", "/live/%00"]
)
def test_an_address_with_a_null_character_leads_nowhere(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_position_from_before_any_receiver_is_refused(client: Client, db: None) -> None:
    """A clock that was never set says 1970 or 1980."""
    client.force_login(User.objects.get(username="duty"))
    for time in ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "1980-01-06T00:00:00Z"):
        report = {"lon": 107.0, "lat": 20.9, "time": time}
        answer = client.post("/api/disaster/assets/B01/positions", report, content_type="application/json")
        assert (answer.status_code, answer.json()["field"]) == (422, "time")
