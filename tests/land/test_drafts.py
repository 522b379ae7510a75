"""A change of parcels goes from its author by a checker to an approver, and each sees what the others saw."""

import json
from typing import Any

import pytest
from django.test import Client

from gis.live.models import Event
from land.models import Draft, Parcel
from support.fabric import account, at, done, parcel, points

WEST, EAST = "900000000001", "900000000002"
DOCUMENT = {"kind": "decision", "number": "7/QĐ-UBND", "issued_on": "2025-08-20", "issuer": "UBND phường Hồng Gai"}
AUTHOR, CHECKER, APPROVER = "land.halong", "checker", "land.halong2"


@pytest.fixture
def block(db: None) -> list[int]:
    a, b, c, d, e, f = points((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20))
    parcel(WEST, [a, b, e, f], legal_area_m2=400, sheet=900, number=1)
    parcel(EAST, [b, c, d, e], legal_area_m2=400, sheet=900, number=2)
    return [a, b, e, f]


class Desk:
    """Somebody at work over REST."""

    def __init__(self, username: str | None) -> None:
        self.client = Client(headers={"Accept": "application/json"})
        if username:
            self.client.force_login(account(username))

    def send(self, method: str, address: str, body: Any = None, version: int | None = None) -> Any:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        ask = getattr(self.client, method)
        return ask(f"/api/land/{address}", json.dumps(body or {}), content_type="application/json", headers=headers)

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/land/{address}")


def split_at(east: float) -> dict[str, Any]:
    return {"op": "split", "parcel": WEST, "line": [at(east, 5), at(east, 15)]}


def drawn(operation: dict[str, Any], **values: Any) -> dict[str, Any]:
    body = {"operation": operation, "title": "Tách thửa", "document": DOCUMENT, "effective_on": "2025-09-01"} | values
    answer = Desk(AUTHOR).send("post", "drafts", body)
    assert answer.status_code == 201, answer.content
    assert answer["ETag"] == '"1"'
    return dict(answer.json())


def stepped(username: str, draft: dict[str, Any], step: str, code: int = 200, **body: Any) -> dict[str, Any]:
    answer = Desk(username).send("post", f"drafts/{draft['number']}/{step}", body, draft["version"])
    assert answer.status_code == code, answer.content
    return dict(answer.json())


def test_a_draft_goes_from_its_author_by_the_checker_into_the_register(block: Any) -> None:
    draft = drawn(split_at(8))
    assert (draft["state"], draft["possible"], draft["parcels"]) == ("draft", True, [WEST])
    draft = stepped(AUTHOR, draft, "submit")
    draft = stepped(CHECKER, draft, "check")
    draft = stepped(APPROVER, draft, "approve")
    assert (draft["state"], draft["author"], draft["checker"], draft["approver"]) == (
        "approved", AUTHOR, CHECKER, APPROVER,
    )  # fmt: skip
    new = (
        Parcel.objects.current().filter(change_id=draft["change"], identifier__regex="^[1-9]").exclude(identifier=EAST)
    )
    stored = sorted([list(map(list, row.geom.coords[0][:-1])) for row in new])
    shown = sorted(one["rings"][0] for one in draft["preview"]["parcels"] if one["new"])
    assert stored == shown
    assert Event.objects.filter(topic="land_drafts", key=str(draft["number"])).count() == 4


def test_the_author_neither_checks_nor_approves_his_draft(block: Any) -> None:
    body = {"operation": split_at(8), "title": "Tách", "document": DOCUMENT, "effective_on": "2025-09-01"}
    draft = Desk(APPROVER).send("post", "drafts", body).json()
    draft = stepped(APPROVER, draft, "submit")
    draft = stepped(CHECKER, draft, "check")
    stepped(APPROVER, draft, "approve", 403)
    assert Parcel.objects.current().filter(identifier=WEST).exists()


@pytest.mark.parametrize(
    ("username", "step"),
    [(AUTHOR, "check"), (APPROVER, "check"), (CHECKER, "withdraw"), ("land.mongcai", "check"), ("viewer", "check")],
)
def test_each_step_is_for_those_whose_it_is(block: Any, username: str, step: str) -> None:
    draft = stepped(AUTHOR, drawn(split_at(8)), "submit")
    code = 404 if username in ("land.mongcai", "viewer") else 403
    stepped(username, draft, step, code)


def test_steps_are_not_skipped(block: Any) -> None:
    draft = drawn(split_at(8))
    stepped(CHECKER, draft, "check", 409)
    draft = stepped(AUTHOR, draft, "submit")
    stepped(APPROVER, draft, "approve", 409)


def test_a_returned_draft_says_why_and_is_drawn_anew(block: Any) -> None:
    draft = stepped(AUTHOR, drawn(split_at(8)), "submit")
    stepped(CHECKER, draft, "hand-back", 422, note=" ")
    draft = stepped(CHECKER, draft, "hand-back", note="Thiếu lối đi")
    assert (draft["state"], draft["note"]) == ("returned", "Thiếu lối đi")
    body = {"operation": split_at(9), "title": "Tách thửa", "document": DOCUMENT, "effective_on": "2025-09-01"}
    again = Desk(AUTHOR).send("put", f"drafts/{draft['number']}", body, draft["version"]).json()
    assert (again["state"], again["version"]) == ("draft", draft["version"] + 1)
    assert again["preview"]["hash"] != draft["preview"]["hash"]


def test_a_draft_on_a_fabric_that_changed_is_drawn_anew_before_it_goes_on(block: Any) -> None:
    draft = stepped(AUTHOR, drawn(split_at(8)), "submit")
    done({"op": "move_points", "points": {str(block[2]): at(20.5, 20)}})
    refusal = stepped(CHECKER, draft, "check", 412)
    assert refusal["type"].endswith("stale")
    draft = stepped(CHECKER, draft, "hand-back", note="Thửa đã thay đổi")
    body = {
        "operation": draft["operation"],
        "title": draft["title"],
        "document": DOCUMENT,
        "effective_on": "2025-09-02",
    }
    rebased = Desk(AUTHOR).send("put", f"drafts/{draft['number']}", body, draft["version"]).json()
    assert rebased["preview"]["base"] != draft["preview"]["base"]
    draft = stepped(AUTHOR, rebased, "submit")
    draft = stepped(CHECKER, draft, "check")
    assert stepped(APPROVER, draft, "approve")["state"] == "approved"


def test_a_version_must_be_named_and_must_be_the_present_one(block: Any) -> None:
    draft = drawn(split_at(8))
    desk = Desk(AUTHOR)
    assert desk.send("post", f"drafts/{draft['number']}/submit").status_code == 428
    assert desk.send("post", f"drafts/{draft['number']}/submit", version=7).status_code == 412


def test_a_draft_that_is_impossible_is_kept_but_not_submitted(block: Any) -> None:
    draft = drawn(split_at(30))
    assert not draft["possible"]
    refusal = stepped(AUTHOR, draft, "submit", 422)
    assert refusal["rule"] == "cut_misses"


def test_a_draft_without_document_or_day_is_not_submitted(block: Any) -> None:
    assert stepped(AUTHOR, drawn(split_at(8), document=None), "submit", 422)["field"] == "document"
    assert stepped(AUTHOR, drawn(split_at(8), effective_on=None), "submit", 422)["field"] == "effective_on"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"operation": "split"}, "operation"),
        ({"document": {**DOCUMENT, "kind": "rumour"}}, "document.kind"),
        ({"document": {**DOCUMENT, "issued_on": "2999-01-01"}}, "document.issued_on"),
        ({"document": {**DOCUMENT, "issued_on": "20.8.2025"}}, "document.issued_on"),
        ({"document": {key: value for key, value in DOCUMENT.items() if key != "number"}}, "document.number"),
        ({"effective_on": "2999-01-01"}, "effective_on"),
    ],
)
def test_a_malformed_draft_is_refused_with_its_field(block: Any, change: dict[str, Any], field: str) -> None:
    body = {"operation": split_at(8), "title": "Tách", "document": DOCUMENT, "effective_on": "2025-09-01"} | change
    answer = Desk(AUTHOR).send("post", "drafts", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not Draft.objects.exists()


def test_drafts_are_seen_by_the_land_offices_of_their_commune_alone(block: Any) -> None:
    draft = drawn(split_at(8))
    for username, sees in ((AUTHOR, 1), (CHECKER, 1), (APPROVER, 1), ("leader", 1), ("land.mongcai", 0), ("viewer", 0)):
        assert len(Desk(username).get("drafts").json()["drafts"]) == sees, username
        assert Desk(username).get(f"drafts/{draft['number']}").status_code == (200 if sees else 404)
    assert Desk(None).get("drafts").json() == {"drafts": []}
    assert Desk(None).send("post", "drafts", {"operation": split_at(8), "title": "x"}).status_code == 401


def test_a_preview_is_shown_before_anything_is_kept(block: Any) -> None:
    answer = Desk(AUTHOR).send("post", "previews", {"operation": split_at(8)})
    assert answer.status_code == 200
    assert sorted(one["legal_area_m2"] for one in answer.json()["parcels"] if one["new"]) == ["160.0", "240.0"]
    english = Desk(AUTHOR)
    english.client.cookies["django_language"] = "en"
    assert english.send("post", "previews", {"operation": split_at(8)}).json()["hash"] == answer.json()["hash"]


def test_a_sheet_is_opened_with_its_points_in_the_legal_grid(block: Any) -> None:
    told = Desk(AUTHOR).get("fabric?sheet=06685/900").json()
    assert [row["identifier"] for row in told["parcels"]] == [WEST, EAST]
    assert told["points"][str(block[0])] == at(0, 0)
    assert told["parcels"][0]["rings"] == [block]
    assert Desk(None).get("fabric?sheet=06685/900").status_code == 401
    assert Desk(AUTHOR).get("fabric?sheet=x").status_code == 400
    assert Desk(AUTHOR).get("fabric?box=1,2,3").status_code == 400


def test_a_parcels_history_names_documents_and_descendants(block: Any) -> None:
    change = done(split_at(8))
    history = Desk(None).get(f"parcels/{WEST}/history").json()
    assert [row["valid_to"] for row in history["versions"]] == ["2025-09-01", None]
    assert history["versions"][1]["recorded_to"] is not None
    assert {edge["parent"]["identifier"] for edge in history["lineage"]} == {WEST}
    assert {edge["document"]["number"] for edge in history["lineage"]} == {"12/QĐ-UBND"}
    child = history["lineage"][0]["child"]["identifier"]
    assert Desk(None).get(f"parcels/{child}/history").json()["lineage"][0]["change"]["number"] == change.pk
