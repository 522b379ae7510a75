"""An officer corrects what the register says of a parcel, in his commune, from a document."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis.access.models import User
from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.live.models import Event
from gis.problems import Forbidden, Invalid, NotFound, SignInNeeded, Stale
from land.actions import correct_attributes as module
from land.actions.correct_attributes import correct_attributes
from land.models import Parcel

DOCUMENT = "QĐ 12/2026/QĐ-UBND"


@pytest.fixture
def ours(db: None) -> Parcel:
    """A residential parcel of Hạ Long's demo officer (06685)."""
    found = Parcel.objects.current().filter(commune_id="06685").exclude(land_use_id__in=["CQP", "CAN"]).first()
    assert found is not None
    return found


def correct(actor: Viewer, parcel: Parcel, **values: Any) -> Parcel:
    return correct_attributes(actor, parcel.identifier, version=parcel.version, values=values, document=DOCUMENT)


def test_the_correction_history_and_event_are_one(ours: Parcel, viewer: Any) -> None:
    corrected = correct(viewer("land.halong"), ours, number=777)
    assert (corrected.number, corrected.version) == (777, ours.version + 1)
    assert corrected.geom == ours.geom
    record = Record.objects.get(target=f"parcel:{ours.identifier}")
    assert record.changes == {"number": [ours.number, 777]}
    assert (record.actor_name, record.reason, record.commune) == ("land.halong", DOCUMENT, "06685")
    assert Event.objects.filter(topic="parcels", kind="changed", key=ours.identifier).count() == 1
    old = Parcel.objects.get(pk=ours.pk)
    assert old.recorded_to is not None and old.number == ours.number


def test_one_correction_may_follow_another(ours: Parcel, viewer: Any) -> None:
    """Each version is what the register said until the next began: the recorded times meet and never overlap."""
    officer = viewer("land.halong")
    for number in (777, 778, 779):
        ours = correct(officer, ours, number=number)
        connection.cursor().execute("SELECT pg_sleep(0.002)")
    history = Parcel.objects.filter(identifier=ours.identifier).order_by("version")
    for before, after in pairwise(history):
        assert before.recorded_to == after.recorded_from


def test_a_failing_event_leaves_nothing_behind(ours: Parcel, viewer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = viewer("land.halong")

    def fail(*_: Any, **__: Any) -> None:
        raise Invalid("no event today")

    monkeypatch.setattr("gis.actions.base.publish", fail)
    with pytest.raises(Invalid):
        correct(actor, ours, number=777)
    assert Parcel.objects.current().get(identifier=ours.identifier).number == ours.number
    assert not Record.objects.filter(target=f"parcel:{ours.identifier}").exists()


@pytest.mark.parametrize("username", ["land.mongcai", "viewer", "leader", "checker", "duty", "lawyer"])
def test_nobody_writes_outside_his_communes(ours: Parcel, viewer: Any, username: str) -> None:
    with pytest.raises(Forbidden):
        correct(viewer(username), ours, number=777)


def test_the_public_signs_in_first(ours: Parcel) -> None:
    with pytest.raises(SignInNeeded):
        correct(Viewer.public(), ours, number=777)


def test_hidden_land_answers_as_if_it_did_not_exist(viewer: Any) -> None:
    hidden = Parcel.objects.current().filter(land_use_id__in=["CQP", "CAN"]).first()
    assert hidden is not None
    with pytest.raises(NotFound):
        correct(viewer("viewer"), hidden, number=777)


def test_a_stale_version_is_refused_with_the_present_one(ours: Parcel, viewer: Any) -> None:
    correct(viewer("land.halong"), ours, number=777)
    with pytest.raises(Stale) as refusal:
        correct(viewer("land.halong"), ours, number=778)
    assert refusal.value.extra["current"] == ours.version + 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("land_use", "XXX"),
        ("land_use", 5),
        ("number", 0),
        ("number", "7"),
        ("number", True),
        ("sheet", 100_000),
        ("legal_area_m2", "NaN"),
        ("legal_area_m2", -1),
        ("legal_area_m2", 10.25),
        ("legal_area_m2", "mười"),
        ("commune_id", "06712"),
        ("ring", [1, 2, 3]),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(ours: Parcel, viewer: Any, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        correct(viewer("land.halong"), ours, **{field: value})
    assert refusal.value.field == field
    assert refusal.value.expected


def test_a_change_rests_on_a_document(ours: Parcel, viewer: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        correct_attributes(
            viewer("land.halong"),
            ours.identifier,
            version=ours.version,
            values={"number": 5_000},
            document=" ",
        )
    assert refusal.value.field == "document"


def test_every_correctable_field_has_its_check() -> None:
    assert set(module.CORRECTABLE) == {"land_use", "sheet", "number", "legal_area_m2"}


@pytest.fixture
def officer(db: None, client: Client) -> Client:
    client.force_login(User.objects.get(username="land.halong"))
    return client


def address(parcel: Parcel) -> str:
    return f"/api/land/parcels/{parcel.identifier}/attributes"


def patch(client: Client, parcel: Parcel, etag: str | None, body: Any) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.patch(address(parcel), body, content_type="application/json", headers=headers)


def test_the_rest_interface_comes_through_the_same_door(officer: Client, ours: Parcel) -> None:
    read = officer.get(f"/api/land/parcels/{ours.identifier}")
    answer = patch(officer, ours, read["ETag"], {"values": {"number": 777}, "document": DOCUMENT})
    assert answer.status_code == 200, answer.content
    assert answer.json()["properties"]["number"] == 777
    assert answer["ETag"] == f'"{ours.version + 1}"'
    stale = patch(officer, ours, read["ETag"], {"values": {"number": 778}, "document": DOCUMENT})
    assert (stale.status_code, stale.json()["current"]) == (412, ours.version + 1)


@pytest.mark.parametrize(
    ("etag", "body", "status", "field"),
    [
        (None, {"values": {"number": 7}, "document": "x"}, 428, "If-Match"),
        ("nonsense", {"values": {"number": 7}, "document": "x"}, 400, "If-Match"),
        ('"1"', {"values": {"number": 7}}, 422, "document"),
        ('"1"', {"values": {"number": "'; DROP TABLE"}, "document": "x"}, 422, "number"),
        ('"1"', "{broken", 400, None),
        ('"1"', [1], 422, None),
    ],
)
def test_a_bad_request_is_told_by_its_field(
    officer: Client, ours: Parcel, etag: str | None, body: Any, status: int, field: str | None
) -> None:
    answer = patch(officer, ours, etag, body)
    problem = answer.json()
    assert (answer.status_code, problem.get("field")) == (status, field), problem
    assert answer["Content-Type"] == "application/problem+json"
    assert "Traceback" not in answer.content.decode() and "SELECT" not in answer.content.decode()


def test_the_public_cannot_correct(client: Client, ours: Parcel) -> None:
    answer = patch(client, ours, '"1"', {"values": {"number": 7}, "document": "x"})
    assert answer.status_code == 401
