"""Rules of land law: dated rows with their document, what they refuse, and what is said where none is known."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shapely
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import translation

from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.live.models import Event
from gis.places.models import Commune
from gis.problems import Conflict, Forbidden, Invalid, RuleRefused, SignInNeeded
from land.actions.law.close_rule import close_rule
from land.actions.law.enter_rule import enter_rule
from land.models import LandRule
from land.operations.preview import Finding
from support.fabric import account, actor, at, done, parcel, points, previewed

LOT, ROAD, FIELD = "900000000001", "900000000002", "900000000003"
LAWYER = "lawyer"
CUT: dict[str, Any] = {"op": "split", "parcel": LOT, "line": [at(5, -1), at(5, 11)]}
DOCUMENT = "Quyết định 99/2025/QĐ-UBND"


@pytest.fixture
def block(db: None) -> list[int]:
    """A lot of 20 by 10 m on a road along its south, and a field in its east."""
    LandRule.objects.filter(status="demo").delete()
    a, b, c, d, e, f, g, h = points((0, 0), (20, 0), (20, 10), (0, 10), (0, -6), (20, -6), (40, 0), (40, 10))
    parcel(LOT, [a, b, c, d], legal_area_m2=200, sheet=900, number=1)
    parcel(ROAD, [e, f, b, a], legal_area_m2=120, sheet=900, number=2, land_use_id="DGT")
    parcel(FIELD, [b, g, h, c], legal_area_m2=200, sheet=900, number=3, land_use_id="CLN")
    return [a, b, c, d]


def rule(kind: str, limit: str | None = None, **values: Any) -> LandRule:
    row: dict[str, Any] = {
        "kind": kind,
        "limit": limit and Decimal(limit),
        "severity": "refuses",
        "status": "verified",
        "document": DOCUMENT,
        "article": "Điều 5 khoản 2",
        "effective_from": date(2025, 7, 1),
        "source": "https://example.org/99-2025.pdf",
    } | values
    return enter_rule(actor(LAWYER), row)


def findings(operation: dict[str, Any], on: date | None = None) -> dict[str, Finding]:
    """By the part of the code before the number."""
    return {one.rule.partition("/")[0] if one.basis != "none" else one.rule: one for one in
            previewed(operation, on=on).findings}  # fmt: skip


def test_a_refusal_names_rule_article_measured_value_limit_and_the_failing_place(block: Any) -> None:
    entered = rule("minimum_area", "60", land_uses=["ODT"])
    with pytest.raises(RuleRefused) as refusal:
        done(CUT)
    told = refusal.value.extra
    assert told["rule"] == f"minimum_area/{entered.pk}"
    assert told["citation"] == f"Điều 5 khoản 2, {DOCUMENT}"
    assert (told["measured"], told["limit"]) == ("50.0 m²", "60 m²")
    place = shapely.geometry.shape(told["where"])
    assert place.area == pytest.approx(50) and place.bounds == (440_000.0, 2_290_000.0, 440_005.0, 2_290_010.0)
    with translation.override("vi"):
        assert "50,0 m²" in previewed(CUT).findings[0].message


def test_what_the_rule_asks_for_goes_through(block: Any) -> None:
    rule("minimum_area", "50", land_uses=["ODT"])
    rule("minimum_width", "5", land_uses=["ODT"])
    rule("minimum_frontage", "5")
    rule("minimum_depth", "10")
    assert not [one for one in previewed(CUT).findings if one.severity == "refuses"]
    assert done(CUT).kind == "split"


def test_width_is_that_of_the_largest_rectangle_along_the_road(block: Any) -> None:
    rule("minimum_width", "5.5")
    found = findings(CUT)["minimum_width"]
    assert (found.measured, found.limit) == ("5.00 m", "5.5 m")
    assert found.where is not None and found.where.area == pytest.approx(50, abs=0.01)
    slanting = {"op": "split", "parcel": LOT, "line": [at(2, -1), at(8, 11)]}
    assert float(findings(slanting)["minimum_width"].measured.split()[0]) < 5.5


def test_a_parcel_cut_off_from_the_road_is_told_of(block: Any) -> None:
    behind = {"op": "split", "parcel": LOT, "line": [at(-1, 6), at(21, 6)]}
    found = findings(behind)["access"]
    assert (found.severity, found.citation) == ("warns", "Điều 220, Luật Đất đai số 31/2024/QH15")
    assert found.where is not None and found.where.bounds[1] == 2_290_006.0
    assert "access" not in findings(CUT)
    rule("minimum_frontage", "19.5")
    assert findings(behind)["minimum_frontage"].measured == "0.00 m"


@pytest.mark.parametrize(
    ("on", "limit"), [(date(2025, 7, 31), "60 m²"), (date(2025, 8, 1), None), (date(2025, 8, 2), "70 m²")]
)
def test_the_rules_of_the_day_of_effect_hold(block: Any, on: date, limit: str | None) -> None:
    old = rule("minimum_area", "60", land_uses=["ODT"])
    close_rule(actor(LAWYER), old.pk, effective_to=date(2025, 8, 1), reason="100/2025/QĐ-UBND")
    rule("minimum_area", "70", land_uses=["ODT"], effective_from=date(2025, 8, 2))
    found = findings(CUT, on)
    assert (found["minimum_area"].limit if "minimum_area" in found else None) == limit
    assert ("no_legal_basis/minimum_area" in found) == (limit is None)


def test_without_a_rule_there_is_no_legal_basis_and_nothing_is_guessed(block: Any) -> None:
    found = findings(CUT)
    missing = found["no_legal_basis/minimum_area"]
    assert (missing.severity, missing.limit, missing.basis, len(missing.parcels)) == ("warns", "", "none", 2)
    assert "no_legal_basis/minimum_width" in found and "no_legal_basis/access" not in found
    assert previewed(CUT).possible
    with translation.override("vi"):
        assert previewed(CUT, on=date(2025, 9, 1)).findings[-1].message.startswith("Thiếu căn cứ")


def test_the_most_particular_rule_holds(block: Any) -> None:
    rule("minimum_area", "90")
    rule("minimum_area", "80", land_uses=["ODT"])
    assert findings(CUT)["minimum_area"].limit == "80 m²"
    rule("minimum_area", "70", commune_kinds=["phuong"])
    assert findings(CUT)["minimum_area"].limit == "70 m²"
    rule("minimum_area", "40", commune=Commune.objects.get(pk="06685"))
    assert "minimum_area" not in findings(CUT)
    rule("minimum_area", "500", commune=Commune.objects.get(pk="06712"))
    assert "minimum_area" not in findings(CUT)


def test_what_is_not_verified_only_warns_and_an_illustration_is_marked(block: Any) -> None:
    rule("minimum_area", "60", status="unverified", source="")
    found = findings(CUT)["minimum_area"]
    assert (found.severity, found.basis) == ("warns", "unverified")
    LandRule.objects.create(
        kind="minimum_width", limit=6, severity="refuses", status="demo", document="Số liệu minh họa",
        effective_from=date(2025, 7, 1),
    )  # fmt: skip
    with translation.override("vi"):
        shown = findings(CUT)
    assert (shown["minimum_width"].severity, shown["minimum_width"].basis) == ("refuses", "demo")
    assert shown["minimum_width"].message.startswith("Minh họa")
    assert "minh họa" in shown["minimum_width"].citation
    assert {"no_legal_basis/minimum_area", "no_legal_basis/minimum_width"} <= set(shown)
    rule("minimum_width", "5")
    assert "minimum_width" not in findings(CUT)


def test_the_demo_province_marks_its_figures(db: None) -> None:
    demo = LandRule.objects.filter(kind__in=["minimum_area", "minimum_width", "map_scale"])
    assert demo.count() == 6 and {one.status for one in demo} == {"demo"}
    assert all("minh họa" in one.citation for one in demo)
    assert not LandRule.objects.exclude(status="demo").filter(kind__startswith="minimum")


def test_land_uses_merge_only_as_a_rule_allows(block: Any) -> None:
    merger = {"op": "merge", "parcels": [LOT, FIELD]}
    assert findings(merger)["no_legal_basis/merged_uses"].severity == "warns"
    rule("merged_uses", land_uses=["ODT", "BHK"])
    found = findings(merger)["merged_uses"]
    assert (found.measured, found.limit, found.severity) == ("CLN + ODT", "BHK + ODT", "refuses")
    rule("merged_uses", land_uses=["ODT", "CLN", "HNK"])
    assert not {"merged_uses", "no_legal_basis/merged_uses"} & set(findings(merger))


def test_a_point_is_as_exact_as_the_scale_of_the_map_asks(block: Any) -> None:
    corner = block[3]
    survey = {"op": "redefine", "points": [corner], "positions": [{"point": corner, "at": at(0.3, 10), "sigma_m": 0.1}]}
    assert "no_legal_basis/map_scale" in findings(survey)
    rule("map_scale", "500")
    found = findings(survey)["position_error"]
    assert (found.measured, found.limit, found.severity) == ("0.100 m", "0.07 m", "refuses")
    assert "26/2024/TT-BTNMT" in found.citation and DOCUMENT in found.citation
    exact = survey | {"positions": [{"point": corner, "at": at(0.3, 10), "sigma_m": 0.05}]}
    assert "position_error" not in findings(exact)
    moved = findings({"op": "move_points", "points": {str(corner): at(0.3, 10)}})["position_error"]
    assert (moved.measured, moved.severity) == ("0.300 m", "warns")
    assert moved.where is not None and moved.where.length == pytest.approx(0.3)


def test_plane_and_legal_area_are_compared(block: Any) -> None:
    shrunk = {"op": "move_points", "points": {str(block[3]): at(0, 9)}}
    assert "no_legal_basis/area_difference" not in findings(shrunk)
    apart = parcel("900000000004", points((0, 30), (10, 30), (10, 40), (0, 40)), legal_area_m2=110, sheet=900, number=4)
    cut = {"op": "split", "parcel": apart.identifier, "line": [at(5, 29), at(5, 41)]}
    assert "no_legal_basis/area_difference" in findings(cut)
    rule("area_difference", "5")
    found = findings(cut)["area_difference"]
    assert (found.measured, found.limit) == ("9.09 %", "5 %")


def test_another_rule_makes_an_older_preview_stale_and_the_language_does_not(block: Any) -> None:
    hashes = set()
    for language in ("vi", "en"):
        with translation.override(language):
            hashes.add(previewed(CUT).hash)
    assert len(hashes) == 1
    rule("minimum_area", "40")
    assert previewed(CUT).hash not in hashes


@pytest.mark.parametrize("username", ["admin", "leader", "land.halong2", "checker", "viewer"])
def test_only_lawyers_keep_the_rules(db: None, username: str) -> None:
    held = LandRule.objects.get(kind="access")
    values = {"kind": "minimum_area", "limit": 1, "document": "x", "effective_from": date(2025, 1, 1)}
    with pytest.raises(Forbidden):
        enter_rule(actor(username), values)
    with pytest.raises(Forbidden):
        close_rule(actor(username), held.pk, effective_to=date(2027, 1, 1), reason="x")
    with pytest.raises(SignInNeeded):
        enter_rule(Viewer.public(), values)


def test_a_rule_is_recorded_told_of_closed_once_and_never_rewritten(db: None) -> None:
    entered = rule("minimum_area", "60")
    assert Record.objects.get(target=f"land_rule:{entered.pk}").changes["limit"] == [None, "60"]
    assert Event.objects.filter(topic="land_rules", key=str(entered.pk)).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        LandRule.objects.filter(pk=entered.pk).update(limit=30)
    with pytest.raises(DatabaseError), transaction.atomic():
        LandRule.objects.filter(pk=entered.pk).delete()
    with pytest.raises(Invalid) as fault:
        close_rule(actor(LAWYER), entered.pk, effective_to=date(2025, 6, 30), reason="x")
    assert fault.value.field == "effective_to"
    close_rule(actor(LAWYER), entered.pk, effective_to=date(2026, 1, 1), reason="100/2025/QĐ-UBND")
    with pytest.raises(Conflict):
        close_rule(actor(LAWYER), entered.pk, effective_to=date(2027, 1, 1), reason="x")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "demo"}, "status"),
        ({"source": ""}, "source"),
        ({"land_uses": ["XYZ"]}, "land_uses"),
        ({"commune_kinds": ["huyen"]}, "commune_kinds"),
        ({"operations": ["explode"]}, "operations"),
        ({"kind": "maximum_beauty"}, "kind"),
        ({"document": ""}, "document"),
        ({"effective_to": date(2027, 1, 1)}, "effective_to"),
    ],
)
def test_a_rule_that_says_nothing_to_rely_on_is_not_entered(db: None, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as fault:
        rule(**{"kind": "minimum_area", "limit": "60"} | values)
    assert fault.value.field == field


def test_a_rule_without_its_limit_is_not_entered(db: None) -> None:
    with pytest.raises(Invalid):
        rule("minimum_area", None)


def test_everybody_reads_the_rules_of_a_day(db: None) -> None:
    entered = rule("minimum_area", "60", effective_from=date(2025, 9, 1))
    client = Client()
    told = client.get("/api/land/rules?on=2025-09-01").json()["rules"]
    (found,) = [one for one in told if one["id"] == entered.pk]
    assert (found["limit"], found["article"], found["status"]) == ("60", "Điều 5 khoản 2", "verified")
    before = client.get("/api/land/rules?on=2025-08-31").json()["rules"]
    assert entered.pk not in [one["id"] for one in before]
    tolerance = {
        one["map_scale"]: one["limit"] for one in before if one["kind"] == "position_error" and not one["land_uses"]
    }
    assert tolerance == {200: "0.05", 500: "0.07", 1000: "0.15", 2000: "0.3", 5000: "1.5", 10000: "3"}
    assert client.get("/api/land/rules?on=2025-13-01").status_code == 400


def test_a_lawyer_enters_and_closes_rules_in_the_administration_and_sees_nothing_else_there(db: None) -> None:
    client = Client()
    client.force_login(account(LAWYER))
    front = client.get("/admin/")
    assert front.status_code == 200
    assert "/admin/land/landrule/" in front.content.decode() and "/admin/land/parcel/" not in front.content.decode()
    form = {
        "kind": "minimum_area", "limit": "45,5", "land_uses": "ODT,ONT", "severity": "refuses", "status": "verified",
        "document": DOCUMENT, "effective_from": "2025-10-01", "source": "quangninh.gov.vn", "commune_kinds": "",
        "operations": "",
    }  # fmt: skip
    answer = client.post("/admin/land/landrule/do/enter-rule/", form, headers={"Accept-Language": "vi"})
    assert answer.status_code == 302, answer.content
    entered = LandRule.objects.get(document=DOCUMENT)
    assert (entered.limit, entered.land_uses) == (Decimal("45.500"), ["ODT", "ONT"])
    page = client.get(answer["Location"]).content.decode()
    assert "do/close-rule/" in page and "ODT" in page
    close = {"effective_to": "2026-01-01", "reason": "1/2026/QĐ-UBND"}
    assert client.post(f"/admin/land/landrule/{entered.pk}/do/close-rule/", close).status_code == 302
    assert LandRule.objects.get(document=DOCUMENT).effective_to == date(2026, 1, 1)
    operator = Client()
    operator.force_login(account("operator"))
    assert operator.get("/admin/land/landrule/").status_code == 200
    assert operator.post("/admin/land/landrule/do/enter-rule/", form).status_code == 403


def test_a_preview_over_rest_is_judged_for_its_day(block: Any) -> None:
    rule("minimum_area", "60", effective_from=date(2025, 9, 1))
    client = Client()
    client.force_login(account("land.halong"))

    def asked(**more: Any) -> dict[str, Any]:
        body = json.dumps({"operation": CUT} | more)
        return dict(client.post("/api/land/previews", body, content_type="application/json").json())

    assert not asked()["possible"] and not asked(effective_on="2025-09-01")["possible"]
    assert asked(effective_on="2025-08-31")["possible"]
    assert asked(effective_on="31/8")["field"] == "effective_on"
