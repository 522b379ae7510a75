"""Recording where a storm was: the one door for imports, feeds and exercises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from disaster.actions.clear_exercise import clear_exercise
from disaster.actions.record_fixes import NewFix, Recorded, StormName, record_fixes
from disaster.models import Storm, StormFix, WindRadius
from gis.access.viewer import PROVINCE, SERVICE, Viewer
from gis.actions.models import Record
from gis.live.models import Event
from gis.problems import Conflict, Forbidden, Invalid, SignInNeeded
from support.disasters import NOON, TESTED, fix

NEXT_SEASON = replace(TESTED, season=2190)
"""Of the newest season on record, so that maps follow it."""


def record(*fixes: NewFix, name: StormName = NEXT_SEASON, actor: Viewer = SERVICE) -> Recorded:
    return record_fixes(actor, name, fixes, source="JTWC")


def told(kind: str = "fix") -> list[Event]:
    return list(Event.objects.filter(topic="storms", kind=kind, payload__properties__name="THU").order_by("id"))


def test_fixes_history_and_events_are_one(db: None) -> None:
    recorded = record(fix(0, radii={34: (100, 90, 80, None)}), fix(6, lon=109.0))
    assert recorded.fates == ("new", "new")
    history = Record.objects.get(target=f"storm:{recorded.storm.pk}")
    assert (history.changes, history.reason) == ({"fixes": [None, {"new": 2}]}, "JTWC")
    first, second = told()
    assert first.payload["geometry"]["coordinates"] == [110, 20]
    assert (first.payload["properties"]["beaufort"], first.payload["properties"]["class"]) == (11, "severe")
    (radius,) = first.payload["properties"]["radii"]
    assert (radius["threshold_kt"], radius["nw_nm"], radius["geometry"]["type"]) == (34, None, "MultiPolygon")
    assert second.payload["properties"]["radii"] == []


def test_a_failing_event_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise Invalid("no event today")

    before = Record.objects.filter(action="disaster.record_fixes").count()
    monkeypatch.setattr("gis.actions.base.publish", fail)
    with pytest.raises(Invalid):
        record(fix(0))
    assert not Storm.objects.filter(name="THU").exists()
    assert Record.objects.filter(action="disaster.record_fixes").count() == before


def test_one_wrong_fix_stores_none(db: None) -> None:
    with pytest.raises(Invalid):
        record(fix(0), fix(6, lat=95.0))
    assert not Storm.objects.filter(name="THU").exists()


def test_the_same_fixes_again_are_no_news(db: None) -> None:
    fixes = [fix(0, radii={34: (100, 90, 80, 70), 64: (0, 0, 0, 0)}), fix(6)]
    record(*fixes)
    assert record(*fixes).fates == ("unchanged", "unchanged")
    assert len(told()) == 2


def test_a_correction_replaces_winds_and_radii(db: None) -> None:
    record(fix(0, radii={34: (100, 90, 80, 70), 50: (40, 40, 40, 40)}))
    assert record(fix(0, wind_kt=70, radii={34: (120, 90, 80, 70)})).fates == ("changed",)
    stored = StormFix.objects.get(storm__name="THU")
    assert stored.wind_kt == 70
    assert list(stored.radii.values_list("threshold_kt", "ne_nm")) == [(34, 120)]
    assert told()[-1].payload["properties"]["wind_kt"] == 70


def test_a_name_that_comes_later_is_taken_and_told(db: None) -> None:
    record(fix(0), name=replace(NEXT_SEASON, name=""))
    recorded = record(fix(0), fix(6), name=replace(NEXT_SEASON, vietnamese_number=9))
    assert (recorded.storm.name, recorded.storm.vietnamese_number) == ("THU", 9)
    assert [event.payload["properties"]["vietnamese_number"] for event in told()] == [9, 9]


def test_the_archive_does_not_speak_to_the_maps(db: None) -> None:
    record(fix(0), name=TESTED)
    assert told() == []
    assert Event.objects.filter(topic="layers", key="storm_fixes").exists()


def test_storms_of_other_oceans_are_the_archives(db: None) -> None:
    record(fix(0), name=replace(NEXT_SEASON, basin="AL"))
    assert told() == [] and not Storm.objects.followed().filter(basin="AL").exists()
    assert Storm.objects.followed().filter(name="YAGI").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": 90.5}, "lat"),
        ({"lon": float("nan")}, "lon"),
        ({"wind_kt": 300}, "wind_kt"),
        ({"wind_averaging_minutes": None}, "wind_averaging_minutes"),
        ({"wind_averaging_minutes": 5}, "wind_averaging_minutes"),
        ({"pressure_hpa": 700}, "pressure_hpa"),
        ({"radii": {35: (1, 1, 1, 1)}}, "radii"),
        ({"radii": {34: (-1, 1, 1, 1)}}, "radii"),
        ({"lat": 89.0, "radii": {34: (100, 1, 1, 1)}}, "radii"),
    ],
)
def test_a_wrong_value_is_named_by_its_field(db: None, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        record(fix(0, **wrong))
    assert refusal.value.field == field and refusal.value.expected


def test_times_have_a_zone_and_have_been(db: None) -> None:
    for time in (NOON.replace(tzinfo=None), timezone.now() + timedelta(hours=1)):
        with pytest.raises(Invalid) as refusal:
            record(replace(fix(0), time=time))
        assert refusal.value.field == "time"


def test_two_fixes_of_one_time_in_one_report_are_a_contradiction(db: None) -> None:
    with pytest.raises(Conflict):
        record(fix(0), fix(0, lat=21.0))


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (Viewer.public(), SignInNeeded),
        (Viewer(1, "team1", frozenset({("rescue_team", "06685")})), Forbidden),
        (Viewer(1, "leader", frozenset({("leader", PROVINCE)})), Forbidden),
        (Viewer(1, "duty", frozenset({("duty_officer", "06685")})), Forbidden),
        (Viewer(1, "service", frozenset({("service", PROVINCE)})), Forbidden),
    ],
)
def test_only_duty_officers_and_the_service_keep_storms(db: None, actor: Viewer, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        record(fix(0), actor=actor)
    with pytest.raises(refusal):
        clear_exercise(actor, basin="WP", season=2190, number=77)


def test_a_duty_officer_records_in_his_name(viewer: Any) -> None:
    recorded = record(fix(0), actor=viewer("duty"))
    assert Record.objects.get(target=f"storm:{recorded.storm.pk}").actor_name == "duty"


def test_an_exercise_is_taken_off_and_what_happened_stays(db: None) -> None:
    record(fix(0, radii={34: (50, 50, 50, 50)}))
    drill = record(fix(0, radii={34: (50, 50, 50, 50)}), name=replace(NEXT_SEASON, exercise=True)).storm
    which = {"basin": "WP", "season": 2190, "number": 77}
    assert clear_exercise(SERVICE, **which) is True  # type: ignore[arg-type]
    assert clear_exercise(SERVICE, **which) is False  # type: ignore[arg-type]
    assert [storm.exercise for storm in Storm.objects.filter(name="THU")] == [False]
    assert WindRadius.objects.filter(fix__storm__name="THU").count() == 1
    assert Event.objects.get(topic="storms", kind="removed").key == str(drill.pk)
