"""Identity numbers: found by hash, stored sealed, masked by role, shown for a purpose that stays on record."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from gis.actions.models import Record
from land.models import IdentityNumber, Right, Share
from land.rights import identities
from support.fabric import APPROVER, COMMUNE, OFFICER, SINCE, account, document, parcel, points

NUMBER, OLD_NUMBER = "001099012345", "101234567"
MASKED, HIDDEN = "0••••••••345", "••••••••••••"
PURPOSE = "Đối chiếu hồ sơ tách thửa"
ONE, TWO = "1:" + 40 * "a", "2:" + 40 * "b"


class Desk:
    """Somebody at work over REST."""

    def __init__(self, username: str | None) -> None:
        self.client = Client(headers={"Accept": "application/json"})
        if username:
            self.client.force_login(account(username))

    def send(self, method: str, address: str, **body: Any) -> Any:
        return getattr(self.client, method)(f"/api/land/{address}", json.dumps(body), content_type="application/json")

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/land/{address}")


def registered(number: str = NUMBER, kind: str = "cccd") -> int:
    answer = Desk(OFFICER).send(
        "post",
        "parties",
        commune=COMMUNE,
        kind="person",
        name="Nguyễn Văn An",
        identity={"kind": kind, "number": number},
    )
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


@pytest.fixture
def holder(db: None) -> int:
    """A party with a number, who holds a parcel."""
    party = registered("001 099 012 345")
    a, b, c, d = points((0, 0), (20, 0), (20, 20), (0, 20))
    parcel("900000000001", [a, b, c, d], sheet=900)
    with transaction.atomic():
        right = Right.objects.create(parcel="900000000001", kind="use", document=document(), valid_from=SINCE)
        Share.objects.create(right=right, party_id=party, numerator=1, denominator=1)
    return party


def told(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(body).decode()


SEEN = {OFFICER: MASKED, APPROVER: MASKED, "checker": MASKED, "leader": HIDDEN, "admin": HIDDEN}


def test_a_number_is_masked_by_role_and_never_full_in_any_door(holder: int) -> None:
    for username in (*SEEN, "land.mongcai", "viewer", "duty", None):
        look_through_the_doors(holder, username)


def look_through_the_doors(holder: int, username: str | None) -> None:
    desk = Desk(username)
    doors = [f"parties/{holder}", "parcels/900000000001/rights", "parcels/900000000001/rights?history=true"]
    doors += ["parcels/900000000001", "parcels/900000000001/history", "drafts", "identity-log"]
    answers = {door: desk.get(door) for door in doors}
    elsewhere = ["/land/parcels/900000000001", "/ogc/collections/parcels/items?limit=1"]
    texts = [told(answer) for answer in answers.values()]
    texts += [told(desk.client.get(address)) for address in elsewhere]
    texts.append(told(desk.client.get(f"/api/search/?q={NUMBER}")).replace(NUMBER, ""))  # it may repeat the question
    assert not any("012345" in text for text in texts)
    if username in SEEN:
        assert answers[doors[0]].json()["numbers"] == [{"kind": "cccd", "masked": SEEN[username]}]
        held = answers[doors[1]].json()["rights"][0]["holders"][0]["party"]
        assert held["numbers"] == [{"kind": "cccd", "masked": SEEN[username]}]
    else:
        assert answers[doors[0]].status_code in (401, 404)
        assert answers[doors[1]].status_code in (401, 403)
    assert (answers["identity-log"].status_code == 200) == (username in ("leader", "admin"))


def test_a_number_is_shown_for_a_purpose_that_auditors_read(holder: int) -> None:
    shown = Desk(OFFICER).send("post", f"parties/{holder}/identity", kind="cccd", purpose=PURPOSE)
    assert shown.json() == {"kind": "cccd", "number": NUMBER}
    assert "no-store" in shown["Cache-Control"]
    (asked,) = Desk("admin").get("identity-log").json()["questions"]
    assert (asked["by"], asked["target"], asked["purpose"]) == (OFFICER, f"party:{holder}", PURPOSE)
    assert NUMBER not in json.dumps(list(Record.objects.values("changes", "reason", "target")))


def test_without_a_purpose_nothing_is_shown(holder: int) -> None:
    for purpose in ("", "xem", None, f"Tra số {NUMBER} của ông An", "Tra 0010 9901 2345 ông An"):
        refused = Desk(OFFICER).send("post", f"parties/{holder}/identity", kind="cccd", purpose=purpose)
        assert (refused.status_code, refused.json()["field"]) == (422, "purpose"), purpose
        assert NUMBER not in refused.content.decode()


def test_numbers_are_shown_to_those_who_work_on_drafts_there_alone(holder: int) -> None:
    codes = {"leader": 403, "land.mongcai": 404, "viewer": 404, None: 401, "checker": 200}
    for username, code in codes.items():
        answer = Desk(username).send("post", f"parties/{holder}/identity", kind="cccd", purpose=PURPOSE)
        assert answer.status_code == code, username
    assert Record.objects.filter(action="land.reveal_identity").count() == 1


def test_a_party_is_found_by_its_number_in_its_commune_alone(holder: int) -> None:
    ask = {"kind": "cccd", "number": NUMBER, "purpose": PURPOSE}
    found = Desk(APPROVER).send("post", "parties/look-up", **ask).json()["parties"]
    assert [(one["id"], one["numbers"][0]["masked"]) for one in found] == [(holder, MASKED)]
    other = {**ask, "number": "001099012346"}
    assert Desk(APPROVER).send("post", "parties/look-up", **other).json() == {"parties": []}
    assert Desk("land.mongcai").send("post", "parties/look-up", **ask).json() == {"parties": []}
    for username, code in (("leader", 403), ("viewer", 403), (None, 401)):
        assert Desk(username).send("post", "parties/look-up", **ask).status_code == code
    asked = Record.objects.filter(action="land.look_up_identity")
    assert asked.count() == 3 and {row.reason for row in asked} == {PURPOSE}
    assert NUMBER[-6:] not in json.dumps(list(asked.values("changes", "target", "reason")))


def test_nobody_tries_numbers_out(holder: int, settings: Any) -> None:
    settings.IDENTITY_QUESTIONS_PER_HOUR = 3
    ask = {"kind": "cccd", "purpose": PURPOSE}
    codes = [
        Desk(OFFICER).send("post", "parties/look-up", number=f"00109901234{last}", **ask).status_code
        for last in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]
    assert Desk(OFFICER).send("post", f"parties/{holder}/identity", **ask).status_code == 429
    assert Desk(APPROVER).send("post", "parties/look-up", number=NUMBER, **ask).status_code == 200


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("cccd", "12345678901"),
        ("cccd", "101099012345"),
        ("cmnd", NUMBER),
        ("tax", "123"),
        ("passport", "B1234567"),
        ("cccd", 1),
    ],
)
def test_what_is_no_number_is_refused_without_repeating_it(db: None, kind: str, number: Any) -> None:
    identity = {"kind": kind, "number": number}
    answer = Desk(OFFICER).send("post", "parties", commune=COMMUNE, kind="person", name="An", identity=identity)
    assert answer.status_code == 422
    assert answer.json()["field"].startswith("identity.")
    assert len(str(number)) < 4 or str(number) not in answer.content.decode()


def test_another_key_opens_nothing_and_finds_nothing(holder: int, settings: Any) -> None:
    settings.IDENTITY_KEYS = [ONE]
    refused = Desk(OFFICER).send("post", f"parties/{holder}/identity", kind="cccd", purpose=PURPOSE)
    assert refused.status_code == 503 and NUMBER not in refused.content.decode()
    assert Desk(OFFICER).get(f"parties/{holder}").json()["numbers"] == [{"kind": "cccd", "masked": HIDDEN}]
    ask = {"kind": "cccd", "number": NUMBER, "purpose": PURPOSE}
    assert Desk(OFFICER).send("post", "parties/look-up", **ask).json() == {"parties": []}
    settings.IDENTITY_KEYS = [TWO]
    with pytest.raises(CommandError):
        call_command("rotate_identity_keys", stdout=StringIO())


def test_a_sealed_value_copied_to_another_party_opens_no_more(holder: int) -> None:
    other = registered("001099099999")
    source, target = (IdentityNumber.objects.get(party=party) for party in (holder, other))
    target.sealed, target.digest = source.sealed, source.digest
    target.save()
    assert Desk(OFFICER).get(f"parties/{other}").json()["numbers"][0]["masked"] == HIDDEN


def test_keys_are_renewed_while_numbers_stay_found(db: None, settings: Any) -> None:
    settings.IDENTITY_KEYS = [ONE]
    party = registered(OLD_NUMBER, "cmnd")
    settings.IDENTITY_KEYS = [TWO, ONE]
    ask = {"kind": "cmnd", "number": OLD_NUMBER, "purpose": PURPOSE}

    def found() -> list[int]:
        return [one["id"] for one in Desk(OFFICER).send("post", "parties/look-up", **ask).json()["parties"]]

    assert found() == [party]
    before = IdentityNumber.objects.get(party=party)
    call_command("rotate_identity_keys", stdout=StringIO())
    after = IdentityNumber.objects.get(party=party)
    assert (before.key_version, after.key_version) == (1, 2)
    assert before.digest != after.digest and bytes(before.sealed) != bytes(after.sealed)
    settings.IDENTITY_KEYS = [TWO]
    assert found() == [party]
    assert identities.opened(after) == OLD_NUMBER
    counted = StringIO()
    call_command("rotate_identity_keys", check=True, stdout=counted)
    assert "2" in counted.getvalue()


def test_no_row_of_any_table_holds_a_plain_number(holder: int) -> None:
    Desk(OFFICER).send("put", f"parties/{holder}/identity", kind="cmnd", number=OLD_NUMBER)
    Desk(OFFICER).send("post", f"parties/{holder}/identity", kind="cccd", purpose=PURPOSE)
    Desk(OFFICER).send("post", "parties/look-up", kind="cccd", number=NUMBER, purpose=PURPOSE)
    wanted = [text for number in (NUMBER, OLD_NUMBER) for text in (number, number.encode().hex())]
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        assert "land_identity" in tables
        for table in tables:
            if table in ("boundary_point", "land_parcel", "spatial_ref_sys"):
                continue  # large, and nothing of people is in them
            cursor.execute(
                f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE ANY (%s)", [[f"%{w}%" for w in wanted]]
            )
            assert cursor.fetchone()[0] == 0, table


def test_the_drawing_role_reads_no_party(db: None) -> None:
    with connection.cursor() as cursor:
        for table in ("land_party", "land_right", "land_share", "land_restriction", "land_identity", "land_draft"):
            cursor.execute("SELECT has_table_privilege('halong_render', %s, 'SELECT')", [table])
            assert cursor.fetchone()[0] is False, table
