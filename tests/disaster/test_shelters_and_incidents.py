"""Shelters and incidents: who keeps them, what is refused, what the history and the feed tell."""

from typing import Any

import pytest
from django.test import Client

from disaster.actions.report_incident import report_incident
from disaster.actions.set_incident_status import set_incident_status
from disaster.live import Incidents
from disaster.models import Incident, Shelter
from gis.access.models import User
from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.live.models import Event
from gis.live.topics import News
from gis.problems import Forbidden, Invalid, NotFound, Stale

SHELTERS = "/api/disaster/shelters"
INCIDENTS = "/api/disaster/incidents"
NEW = {
    "code": "TEST-S1", "name": "Nhà văn hóa khu 3", "kind": "evacuation", "lon": 107.08, "lat": 20.95,
    "capacity": 300, "commune": "06685", "contact": "0000 111", "source": "QĐ 1/2026",
}  # fmt: skip
NEWS = {"kind": "flood", "text": "Ngập 0,5 m", "lon": 107.08, "lat": 20.95, "commune": "06685", "contact": "0000 5"}


def browser(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def sent(client: Client, method: str, address: str, body: Any = None, match: int | None = None) -> Any:
    headers = {} if match is None else {"If-Match": f'"{match}"'}
    return getattr(client, method)(address, body, content_type="application/json", headers=headers)


def test_a_shelter_is_added_edited_and_removed_with_its_history(db: None) -> None:
    duty = browser("duty")
    added = sent(duty, "post", SHELTERS, NEW)
    assert (added.status_code, added["ETag"]) == (201, '"1"')
    assert added.json()["properties"]["contact"] == "0000 111"
    assert "contact" not in Client().get(f"{SHELTERS}/TEST-S1").json()["properties"]
    edited = sent(duty, "patch", f"{SHELTERS}/TEST-S1", {"capacity": 250, "document": "BB 2"}, match=1)
    assert (edited.status_code, edited["ETag"]) == (200, '"2"')
    assert sent(duty, "patch", f"{SHELTERS}/TEST-S1", {"capacity": 9}, match=1).status_code == 412
    assert sent(duty, "patch", f"{SHELTERS}/TEST-S1", {"capacity": 9}).status_code == 428
    assert sent(duty, "delete", f"{SHELTERS}/TEST-S1", match=2).status_code == 204
    assert not Shelter.objects.filter(code="TEST-S1").exists()
    told = list(Record.objects.filter(target="shelter:TEST-S1").order_by("id"))
    assert [record.action.partition(".")[2] for record in told] == ["add_shelter", "edit_shelter", "remove_shelter"]
    assert told[1].changes == {"capacity": [300, 250]} and told[1].reason == "BB 2"
    assert Event.objects.filter(topic="layers", key="shelters").count() == 3


@pytest.mark.parametrize(
    ("username", "commune", "status"),
    [
        ("commune.halong", "06685", 201),
        ("commune.halong", "06712", 403),
        ("admin", "06712", 201),
        ("leader", "06685", 403),
        ("land.halong", "06685", 403),
    ],
)
def test_shelters_are_kept_by_duty_officers_admins_and_each_commune(
    db: None, username: str, commune: str, status: int
) -> None:
    assert sent(browser(username), "post", SHELTERS, {**NEW, "commune": commune}).status_code == status


def test_nobody_adds_a_shelter_without_an_account(db: None) -> None:
    assert sent(Client(), "post", SHELTERS, NEW).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lon", 500),
        ("lat", 10),
        ("kind", "hotel"),
        ("capacity", 0),
        ("commune", "99999"),
        ("name", ""),
        ("code", "a b"),
    ],
)
def test_a_wrong_shelter_is_refused_by_its_field(db: None, field: str, value: Any) -> None:
    body = {key: given for key, given in NEW.items() if key != "commune"} | {field: value}
    refusal = sent(browser("duty"), "post", SHELTERS, body)
    assert refusal.status_code == 422
    assert refusal.json()["field"] == ("lon" if field == "lat" else field)


def test_commune_staff_do_not_push_a_shelter_into_another_commune(db: None) -> None:
    staff = browser("commune.halong")
    sent(staff, "post", SHELTERS, NEW)
    assert sent(staff, "patch", f"{SHELTERS}/TEST-S1", {"commune": "06712"}, match=1).status_code == 403
    assert Shelter.objects.get(code="TEST-S1").commune_id == "06685"


def test_an_incident_is_reported_and_dealt_with(db: None, viewer: Any) -> None:
    incident = report_incident(viewer("duty"), **NEWS)
    with pytest.raises(Stale):
        set_incident_status(viewer("duty"), incident.pk, version=7, status="confirmed")
    set_incident_status(viewer("commune.halong"), incident.pk, version=1, status="resolved", reason="đã rút nước")
    assert Incident.objects.get(pk=incident.pk).status == "resolved"
    told = Record.objects.filter(target=f"incident:{incident.pk}").latest("id")
    assert (told.changes, told.reason) == ({"status": ["new", "resolved"]}, "đã rút nước")
    assert Event.objects.filter(topic="incidents", key=str(incident.pk)).count() == 2
    with pytest.raises(Invalid):
        set_incident_status(viewer("duty"), incident.pk, version=2, status="resolved")


def test_incidents_are_kept_where_one_is_on_duty(db: None, viewer: Any) -> None:
    away = report_incident(viewer("duty"), **{**NEWS, "commune": "06712"})
    with pytest.raises(Forbidden):
        report_incident(viewer("commune.halong"), **{**NEWS, "commune": "06712"})
    with pytest.raises(Forbidden):
        report_incident(viewer("leader"), **NEWS)
    with pytest.raises(NotFound):  # he sees none of that commune
        set_incident_status(viewer("commune.halong"), away.pk, version=1, status="resolved")
    with pytest.raises(NotFound):
        report_incident(Viewer.public(), **NEWS)


@pytest.mark.parametrize("method", ["get", "post", "patch", "put", "delete", "options"])
def test_for_the_public_no_address_of_incidents_exists(db: None, method: str) -> None:
    there = Incident.objects.all()[0]
    for address in (INCIDENTS, f"{INCIDENTS}/{there.pk}", f"{INCIDENTS}/{10**30}"):
        answer = sent(Client(), method, address, {})
        assert answer.status_code == 404


def test_the_feed_tells_an_incident_to_its_commune_alone(db: None, viewer: Any) -> None:
    incident = report_incident(viewer("duty"), **NEWS)
    event = Event.objects.filter(topic="incidents", key=str(incident.pk)).latest("id")
    news = News(1, "incidents", event.kind, event.key, event.payload, event.at)
    topic = Incidents()
    assert topic.shown(news, topic.audience(viewer("commune.halong"))) is not None
    assert topic.shown(news, "06712") is None and topic.shown(news, "") is None
    communes = Incident.objects.waiting().exclude(commune_id__in=["06685", "06688"]).count()
    seen = len(topic.snapshot(viewer("duty"))["features"])
    assert communes and len(topic.snapshot(viewer("commune.halong"))["features"]) == seen - communes
