"""Who holds what follows the parcels: shares sum to one, restrictions meet every child, nothing goes on undecided."""

import json
from typing import Any

import psycopg2
import pytest
import shapely
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.actions.models import Record
from gis.problems import Invalid, RuleRefused, Stale
from land.actions.carry_out import carry_out
from land.models import LandRule, Parcel, ParcelChange, Party, Restriction, Right, Share
from support.databases import role_urls
from support.fabric import (
    APPROVER,
    COMMUNE,
    OFFICER,
    SINCE,
    TODAY,
    account,
    actor,
    at,
    document,
    done,
    parcel,
    points,
    previewed,
)

WEST, EAST = "900000000001", "900000000002"
DOCUMENT = {"kind": "decision", "number": "7/XC", "issued_on": "2025-08-20", "issuer": "Văn phòng đăng ký đất đai"}


@pytest.fixture
def block(db: None) -> None:
    """Two squares of 20 m side by side; the demo's least areas do not keep them from being cut small."""
    LandRule.objects.filter(status="demo").delete()
    a, b, c, d, e, f = points((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20))
    parcel(WEST, [a, b, e, f], legal_area_m2=400, sheet=900, number=1)
    parcel(EAST, [b, c, d, e], legal_area_m2=400, sheet=900, number=2)


def party(name: str = "Nguyễn Văn An") -> Party:
    return Party.objects.create(kind="person", name=name, commune_id=COMMUNE, source="test")


def right(of: str, *holders: tuple[Party, int, int], **values: Any) -> Right:
    row: dict[str, Any] = {"parcel": of, "kind": "use", "document": document(), "valid_from": SINCE} | values
    with transaction.atomic():
        created = Right.objects.create(**row)
        for holder, numerator, denominator in holders:
            Share.objects.create(right=created, party=holder, numerator=numerator, denominator=denominator)
        check_now()
    return created


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def restriction(of: str, box: tuple[float, float, float, float] | None = None, **values: Any) -> Restriction:
    row: dict[str, Any] = {"parcel": of, "kind": "mortgage", "document": document(), "valid_from": SINCE} | values
    if box is not None:
        corners = [at(*place) for place in zip(*shapely.box(*box).exterior.xy, strict=True)]
        row["geom"] = "SRID=5899;" + shapely.Polygon(corners).wkt
    return Restriction.objects.create(**row)


def split_at(east: float, **more: Any) -> dict[str, Any]:
    return {"op": "split", "parcel": WEST, "line": [at(east, 5), at(east, 15)], **more}


def rules(operation: dict[str, Any]) -> list[str]:
    """Without those that rest on dated rows of land law, or on their absence."""
    return [finding.rule for finding in previewed(operation).findings if not finding.basis]


def in_force(model: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in model.objects.filter(model.IN_FORCE).filter(parcel__in=Parcel.objects.current().values("identifier")):
        found.setdefault(row.parcel, []).append(row)
    return found


def children(change: ParcelChange) -> list[str]:
    rows = change.versions.current().exclude(identifier__in=[WEST, EAST]).order_by("number")
    return [row.identifier for row in rows]


@pytest.mark.parametrize("shares", [[(1, 2)], [(1, 3), (1, 3)], [(2, 3), (2, 3)], []])
def test_shares_that_do_not_sum_to_one_are_refused_also_from_plain_sql(
    block: Any, shares: list[tuple[int, int]]
) -> None:
    with pytest.raises(DatabaseError, match="sum to one"), transaction.atomic():
        right(WEST, *((party(), above, below) for above, below in shares))


def test_thirds_and_sevenths_sum_to_one_exactly(block: Any) -> None:
    row = right(WEST, (party(), 1, 3), (party(), 1, 7), (party(), 11, 21))
    assert row.shares.count() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE land_share SET numerator = 1",
        "DELETE FROM land_share",
        "DELETE FROM land_right",
        "UPDATE land_right SET parcel = '900000000002'",
        "UPDATE land_restriction SET recorded_to = NULL",
        "DELETE FROM land_restriction",
    ],
)
def test_rights_are_closed_and_never_rewritten(block: Any, statement: str) -> None:
    right(WEST, (party(), 1, 1))
    restriction(WEST)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_two_sessions_cannot_add_shares_to_one_right(fresh_database: str) -> None:
    with transaction.atomic():
        row = Right.objects.create(parcel=WEST, kind="use", document=document(), valid_from=SINCE)
        Share.objects.create(right=row, party=party(), numerator=1, denominator=1)
    one, other = party(), party()
    sessions = [psycopg2.connect(role_urls(fresh_database)["DATABASE_URL"]) for _number in range(2)]
    insert = "INSERT INTO land_share (right_id, party_id, numerator, denominator) VALUES (%s, %s, 1, 2)"
    for session, new in zip(sessions, (one, other), strict=True):
        session.cursor().execute(insert, [row.pk, new.pk])
    for session in sessions:
        with pytest.raises(psycopg2.Error, match="sum to one"):
            session.commit()
        session.close()
    assert Share.objects.filter(right=row).count() == 1


def test_children_of_a_split_have_the_holders_and_the_decided_restrictions_of_their_parent(block: Any) -> None:
    one, other, bank = party(), party("Trần Thị Bình"), party("Ngân hàng")
    whole = right(WEST, (one, 1, 3), (other, 2, 3), certificate="AA 123456")
    mortgage = restriction(WEST, holder=bank)
    corner = restriction(WEST, (0, 0, 5, 5), kind="easement")
    decisions = {f"restriction:{mortgage.pk}": "carried", f"restriction:{corner.pk}": "carried"}
    shown = previewed(split_at(8, decisions=decisions)).as_json()["encumbrances"]
    assert [(one["key"], len(one["children"])) for one in shown] == [
        (f"right:{whole.pk}", 2),
        (f"restriction:{mortgage.pk}", 2),
        (f"restriction:{corner.pk}", 1),
    ]
    new = children(done(split_at(8, decisions=decisions)))
    rights, restrictions = in_force(Right), in_force(Restriction)
    assert len(new) == 2
    for child in new:
        (row,) = rights[child]
        assert {str(share) for share in row.shares.all()} == {"1/3", "2/3"}
        assert (row.follows_id, row.certificate, row.valid_from) == (whole.pk, "", TODAY)
        assert [row.holder for row in restrictions[child] if row.kind == "mortgage"] == [bank]
    parts = [row.geom for rows in restrictions.values() for row in rows if row.kind == "easement" and row.parcel in new]
    assert [part.area for part in parts] == [pytest.approx(25)]
    assert not Right.objects.filter(Right.IN_FORCE, parcel=WEST).exists()
    assert Right.objects.get(parcel=WEST, valid_to=TODAY).shares.count() == 2


def test_a_split_waits_until_each_restriction_is_decided(block: Any) -> None:
    mortgage, seizure = restriction(WEST), restriction(WEST, kind="seizure")
    assert rules(split_at(8)) == ["restriction_undecided"] * 2
    one = {f"restriction:{mortgage.pk}": "carried"}
    assert rules(split_at(8, decisions=one)) == ["restriction_undecided"]
    with pytest.raises(RuleRefused):
        done(split_at(8, decisions=one))
    both = {**one, f"restriction:{seizure.pk}": {"decision": "released", "document": DOCUMENT}}
    change = done(split_at(8, decisions=both))
    kept = [row.kind for child in children(change) for row in in_force(Restriction)[child]]
    assert kept == ["mortgage", "mortgage"]
    seizure.refresh_from_db()
    assert (seizure.ended_by, seizure.ended_with.number) == (change, "7/XC")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ("released", "document"),
        ({"decision": "cancelled"}, "document"),
        ({"decision": "released", "document": {**DOCUMENT, "issued_on": "2999-01-01"}}, "document.issued_on"),
        ("forgotten", ""),
    ],
)
def test_a_malformed_decision_is_refused_with_its_field(block: Any, decision: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        previewed(split_at(8, decisions={"restriction:1": decision}))
    assert refused.value.field == ".".join(filter(None, ["operation.decisions.restriction:1", field]))


def test_a_decision_on_what_is_not_there_is_refused(block: Any) -> None:
    assert rules(split_at(8, decisions={"restriction:999999": "carried"})) == ["decision_of_nothing"]


def test_a_restriction_entered_meanwhile_makes_the_preview_stale(block: Any) -> None:
    mortgage = restriction(WEST)
    operation = split_at(8, decisions={f"restriction:{mortgage.pk}": "carried"})
    seen = previewed(operation)
    right(WEST, (party(), 1, 1))
    with pytest.raises(Stale):
        carry_out(
            actor(),
            operation,
            preview_hash=seen.hash,
            document=document(),
            effective_on=TODAY,
            officer=account(OFFICER),
        )


def test_undo_brings_rights_and_restrictions_back(block: Any) -> None:
    one, other = party(), party("Trần Thị Bình")
    right(WEST, (one, 1, 2), (other, 1, 2), certificate="AA 123456")
    corner = restriction(WEST, (0, 0, 5, 5))
    done(split_at(8, decisions={f"restriction:{corner.pk}": {"decision": "released", "document": DOCUMENT}}))
    change = ParcelChange.objects.latest("pk")
    done({"op": "undo", "change": change.pk})
    (back,) = in_force(Right)[WEST]
    assert {share.party for share in back.shares.all()} == {one, other} and back.certificate == "AA 123456"
    (again,) = in_force(Restriction)[WEST]
    assert again.geom.equals(corner.geom) or again.geom.area == pytest.approx(25)
    assert not Right.objects.filter(Right.IN_FORCE, change=change).exists()


def test_undo_is_refused_where_something_was_entered_on_a_child_since(block: Any) -> None:
    change = done(split_at(8))
    restriction(children(change)[0])
    assert rules({"op": "undo", "change": change.pk}) == ["encumbered_since"]


def test_parcels_of_different_holders_are_merged_with_given_shares_alone(block: Any) -> None:
    one, other = party(), party("Trần Thị Bình")
    right(WEST, (one, 1, 1))
    right(EAST, (other, 1, 1), expires_on="2040-01-01", rent="annual")
    merger = {"op": "merge", "parcels": [WEST, EAST]}
    assert rules(merger)[0] == "merged_rights_differ"
    assert not previewed(merger).possible
    half = {**merger, "shares": [{"party": one.pk, "share": "1/2"}, {"party": other.pk, "share": "1/3"}]}
    assert "shares_sum_to_one" in rules(half)
    half["shares"][1]["share"] = "1/2"  # type: ignore[index]
    warned = [finding for finding in previewed(half).findings if finding.severity == "warns" and not finding.basis]
    assert [finding.rule for finding in warned] == ["merged_terms_differ", "merged_rents_differ"]
    assert "chưa đối chiếu" in warned[0].citation
    (child,) = children(done(half))
    (row,) = in_force(Right)[child]
    assert {(share.party, str(share)) for share in row.shares.all()} == {(one, "1/2"), (other, "1/2")}


def test_a_mortgage_of_one_parcel_stays_on_its_part_of_the_merged_one(block: Any) -> None:
    mortgage = restriction(WEST)
    decided = {f"restriction:{mortgage.pk}": "carried"}
    (child,) = children(done({"op": "merge", "parcels": [WEST, EAST], "decisions": decided}))
    (row,) = in_force(Restriction)[child]
    assert row.geom.area == pytest.approx(400)


def test_a_right_is_granted_transferred_and_its_past_stays_known(block: Any) -> None:
    one, other = party(), party("Trần Thị Bình")
    done({"op": "grant_right", "parcel": WEST, "right": "use", "to": [{"party": one.pk, "share": "1"}]})
    (first,) = in_force(Right)[WEST]
    to = [{"party": one.pk, "share": "1/3"}, {"party": other.pk, "share": "2/3"}]
    versions = Parcel.objects.filter(identifier=WEST).count()
    done({"op": "transfer", "parcel": WEST, "right": first.pk, "to": to})
    (now,) = in_force(Right)[WEST]
    assert {(share.party, str(share)) for share in now.shares.all()} == {(one, "1/3"), (other, "2/3")}
    assert now.follows == first
    assert Parcel.objects.filter(identifier=WEST).count() == versions
    assert rules({"op": "transfer", "parcel": WEST, "right": first.pk, "to": to}) == ["no_such_right"]
    assert rules({"op": "transfer", "parcel": WEST, "right": now.pk, "to": to}) == ["nothing_changes"]
    assert rules({"op": "transfer", "parcel": WEST, "right": now.pk, "to": to[1:]}) == ["shares_sum_to_one"]
    nobody = [{"party": 2**60, "share": "1"}]
    assert rules({"op": "transfer", "parcel": WEST, "right": now.pk, "to": nobody}) == ["no_such_party"]


def test_a_restriction_is_entered_on_a_part_and_released_with_the_document(block: Any) -> None:
    ring = [at(0, 0), at(10, 0), at(10, 20), at(0, 20)]
    outside = [at(0, 0), at(30, 0), at(30, 20), at(0, 20)]
    entry = {"op": "restrict", "parcel": WEST, "restriction": "easement", "part": ring}
    assert rules({**entry, "part": outside}) == ["part_outside"]
    done(entry)
    (row,) = in_force(Restriction)[WEST]
    assert row.geom.area == pytest.approx(200)
    done({"op": "release", "parcel": WEST, "restriction": row.pk})
    assert WEST not in in_force(Restriction)
    assert Record.objects.filter(target=f"restriction:{row.pk}").count() == 2


def test_a_transfer_waits_for_the_restrictions_of_the_parcel(block: Any) -> None:
    one, other = party(), party("Trần Thị Bình")
    row, seizure = right(WEST, (one, 1, 1)), restriction(WEST, kind="seizure")
    transfer = {"op": "transfer", "parcel": WEST, "right": row.pk, "to": [{"party": other.pk, "share": "1"}]}
    assert rules(transfer) == ["restriction_undecided"]
    done({**transfer, "decisions": {f"restriction:{seizure.pk}": "carried"}})
    (kept,) = in_force(Restriction)[WEST]
    assert kept == seizure


def test_rights_are_told_to_the_land_offices_of_the_commune_and_above_alone(block: Any) -> None:
    right(WEST, (party("Nguyễn Văn Bí Mật"), 1, 1))
    restriction(WEST)
    codes = {OFFICER: 200, APPROVER: 200, "checker": 200, "leader": 200, "land.mongcai": 403, "viewer": 403, None: 401}
    for username, code in codes.items():
        client = Client(headers={"Accept": "application/json"})
        if username:
            client.force_login(account(username))
        answer = client.get(f"/api/land/parcels/{WEST}/rights")
        assert answer.status_code == code, username
        assert ("Bí Mật" in answer.content.decode()) == (code == 200)
        for address in (f"parcels/{WEST}", f"parcels/{WEST}/history"):
            assert "Bí Mật" not in client.get(f"/api/land/{address}").content.decode()
    told = Client(headers={"Accept": "application/json"})
    told.force_login(account(OFFICER))
    (shown,) = told.get(f"/api/land/parcels/{WEST}/rights").json()["restrictions"]
    assert (shown["kind"], shown["part"]) == ("mortgage", None)


@pytest.mark.parametrize(("username", "code"), [(OFFICER, 201), ("land.mongcai", 403), ("leader", 403), (None, 401)])
def test_parties_are_entered_by_the_land_office_of_the_commune(block: Any, username: str | None, code: int) -> None:
    client = Client(headers={"Accept": "application/json"})
    if username:
        client.force_login(account(username))
    body = {"commune": COMMUNE, "kind": "person", "name": " Nguyễn  Văn An "}
    answer = client.post("/api/land/parties", json.dumps(body), content_type="application/json")
    assert answer.status_code == code
    if code == 201:
        assert answer.json()["name"] == "Nguyễn Văn An"


@given(
    cuts=st.lists(st.integers(1, 19), min_size=1, max_size=3, unique=True),
    box=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(10, 20), st.integers(10, 20)),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_split_a_part_restriction_covers_the_same_ground_and_holders_stay(
    block: Any, cuts: list[int], box: tuple[int, int, int, int]
) -> None:
    saved = transaction.savepoint()
    holder = party()
    right(WEST, (holder, 1, 1))
    restriction(WEST, box, kind="easement")
    left = {WEST}
    for cut in cuts:
        target = Parcel.objects.current().get(
            identifier__in=left, geom__contains=f"SRID=5899;POINT({at(cut, 10)[0]} {at(cut, 10)[1]})"
        )
        held = Restriction.objects.filter(Restriction.IN_FORCE, parcel=target.identifier)
        decisions = {f"restriction:{row.pk}": "carried" for row in held}
        line = [at(cut, 5), at(cut, 15)]
        change = done({"op": "split", "parcel": target.identifier, "line": line, "decisions": decisions})
        left = left - {target.identifier} | set(children(change))
    ground = shapely.box(*at(box[0], box[1]), *at(box[2], box[3]))
    parcels = Parcel.objects.current().filter(identifier__in=left)
    for row in parcels:
        shape = shapely.from_wkb(bytes(row.geom.wkb))
        found = list(Restriction.objects.filter(Restriction.IN_FORCE, parcel=row.identifier))
        expected = shape.intersection(ground).area
        assert len(found) == (1 if expected > 0.01 else 0)
        for one in found:
            covered = one.geom.area if one.geom else shape.area
            assert covered == pytest.approx(expected, abs=0.02)
        (kept,) = Right.objects.filter(Right.IN_FORCE, parcel=row.identifier)
        assert [share.party for share in kept.shares.all()] == [holder]
    assert not Right.objects.filter(Right.IN_FORCE, parcel=WEST).exists()
    transaction.savepoint_rollback(saved)


def test_demo_holders_are_made_up_and_marked(db: None) -> None:
    rows = Right.objects.filter(document__number="0/MH")
    assert rows.exists() and Restriction.objects.filter(document__number="0/MH").exists()
    marked = set(Party.objects.filter(shares__right__in=rows).values_list("source", flat=True))
    assert marked == {"Dữ liệu minh họa, sinh tự động"}
