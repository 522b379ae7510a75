"""What nobody sends by mistake is refused with a word, and never crashes anything."""

import json
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


@pytest.mark.parametrize("value", ["\0", "\ud800", " ", "x" * 201, 7, None, {"$ne": 1}], ids=repr)
@pytest.mark.parametrize("field", ["title", "document.number", "document.issuer"])
def test_a_text_of_a_draft_that_no_column_can_hold_is_named(officer: Client, field: str, value: Any) -> None:
    parcel = Parcel.objects.current().filter(commune_id="06685").exclude(land_use_id__in=["CQP", "CAN"])[0]
    told: dict[str, Any] = {
        "title": "Tách thửa",
        "operation": {"op": "split_equally", "parcel": parcel.identifier, "side": parcel.ring[:2], "parts": 2},
        "document": {"kind": "decision", "number": "1", "issued_on": "2025-08-01", "issuer": "UBND"},
    }
    name, _dot, member = field.partition(".")
    told[name] = {**told[name], member: value} if member else value
    answer = officer.post("/api/land/drafts", json.dumps(told), content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    "points",
    [{"9" * 5_000: [1, 2]}, {"²": [1, 2]}, {"-1": [1, 2]}, {"1": [10**400, 2]}],
    ids=["long", "²", "-1", "10⁴⁰⁰"],
)
def test_a_boundary_point_that_cannot_be_is_named(officer: Client, points: Any) -> None:
    body = json.dumps({"operation": {"op": "move_points", "points": points}})
    answer = officer.post("/api/land/previews", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["field"].startswith("operation.points")


@pytest.mark.parametrize("value", ["%00", "'", "%22%3E%3Cscript%3E", "9" * 400, "06685%2F%00", "-1", "%F0%9F%98%80"])
@pytest.mark.parametrize(
    "address",
    [
        "/api/land/drafts?parcel={}", "/api/land/drafts?state={}",
        "/api/land/fabric?sheet={}", "/api/land/fabric?box={}",
        "/api/land/sheets?commune={}", "/api/land/rules?on={}", "/land/edit/?sheet={}", "/land/edit/?parcel={}",
        "/land/edit/?draft={}", "/print?layers={}&scale=1000&center=430127,2317566",
        "/print?layers=parcels&scale={}&center=430127,2317566", "/land/parcels/?q={}", "/land/parcels/?sort={}",
        "/land/parcels/?after={}", "/land/parcels/?legal_area_m2.min={}", "/land/parcels/?f={}",
        "/ogc/collections/parcels/items?datetime={}", "/ogc/collections/parcels/items?datetime=2026-01-01&known={}",
        "/api/observations/stations/MH-01/readings?since={}", "/accounts/reset/{}/{}/",
    ],
)  # fmt: skip
def test_no_parameter_crashes_anything(officer: Client, address: str, value: str) -> None:
    answer = officer.get(address.replace("{}", value))
    assert answer.status_code < 500
