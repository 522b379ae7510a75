"""News of storms and assets: each viewer is told his part, and a snapshot with the news is a later snapshot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from disaster.actions.clear_exercise import clear_exercise
from disaster.actions.move_asset import move_asset
from disaster.actions.record_fixes import StormName, record_fixes
from disaster.live import Assets, Storms
from disaster.models import RescueAsset
from disaster.payloads import asset_feature
from gis.access.viewer import SERVICE, Viewer
from gis.layers import registry
from gis.layers.query import LayerQuery
from gis.live.models import Event
from gis.live.topics import News
from support.disasters import HONG_GAI, TESTED, fix

DRILL = StormName("WP", 1998, 77, name="THU (diễn tập)", exercise=True)
LATER = datetime(2024, 9, 1, 1, tzinfo=UTC)


def news_after(event_id: int, topic: str) -> list[News]:
    events = Event.objects.filter(pk__gt=event_id, topic=topic).order_by("pk")
    return [News(event.pk, event.topic, event.kind, event.key, event.payload, event.at) for event in events]


def last_event() -> int:
    return getattr(Event.objects.order_by("pk").last(), "pk", 0)


def by_id(collection: Any) -> dict[str, Any]:
    return {str(feature["id"]): feature for feature in collection["features"]}


def told(topic: Assets | Storms, viewer: Viewer, state: dict[str, Any], since: int) -> dict[str, Any]:
    """*state* after the news that *viewer* is told, as an open map keeps it."""
    for news in news_after(since, topic.name):
        payload = topic.shown(news, topic.audience(viewer))
        assert payload is not None
        if news.kind == "removed":
            state = {key: one for key, one in state.items() if str(one["properties"]["storm"]) != news.key}
        else:
            state = {**state, str(payload["id"]): payload}
    return state


@pytest.mark.parametrize("username", ["", "viewer", "duty", "team1", "commune.halong"])
def test_a_snapshot_and_the_news_of_assets_are_the_later_snapshot(
    boat: RescueAsset, viewer: Any, username: str
) -> None:
    asker, topic = viewer(username) if username else Viewer.public(), Assets()
    before, since = by_id(topic.snapshot(asker)), last_event()
    move_asset(SERVICE, "TEST-1", lon=107.12345, lat=20.90123, time=LATER)
    move_asset(SERVICE, "TEST-1", lon=107.2, lat=20.9, time=LATER - timedelta(minutes=30))
    assert told(topic, asker, before, since) == by_id(topic.snapshot(asker))


def test_the_public_is_told_the_grid_and_the_duty_officer_the_place(boat: RescueAsset, viewer: Any) -> None:
    topic, since = Assets(), last_event()
    move_asset(SERVICE, "TEST-1", lon=107.12345, lat=20.90123, time=LATER)
    (news,) = news_after(since, "assets")
    public = topic.shown(news, topic.audience(Viewer.public()))
    exact = topic.shown(news, topic.audience(viewer("duty")))
    assert public is not None and exact is not None
    assert public["geometry"]["coordinates"] == [107.12, 20.9]
    assert "crew" not in str(public) and "107.12345" not in str(public)
    assert exact["geometry"]["coordinates"] == [107.12345, 20.90123] and exact["properties"]["crew"] == 4
    assert (news.key, news.kind) == ("TEST-1", "moved")


def test_an_asset_without_a_place_is_not_shown(boat: RescueAsset) -> None:
    RescueAsset.objects.filter(pk=boat.pk).update(position=None)
    assert "TEST-1" not in by_id(Assets().snapshot(Viewer.public()))


def test_a_snapshot_and_the_news_of_storms_are_the_later_snapshot(db: None) -> None:
    topic, public = Storms(), Viewer.public()
    before, since = by_id(topic.snapshot(public)), last_event()
    fixes = [fix(0, radii={34: (90, 90, 90, None)}), fix(6, lon=109.0), fix(12, lon=108.0)]
    record_fixes(SERVICE, DRILL, fixes[:2], source="JTWC")
    record_fixes(SERVICE, DRILL, [replace(fixes[1], wind_kt=80), fixes[2]], source="JTWC")
    record_fixes(SERVICE, replace(DRILL, vietnamese_number=9), fixes[:1], source="JTWC")
    during = by_id(topic.snapshot(public))
    assert len(during) == len(before) + 3
    assert told(topic, public, before, since) == during
    clear_exercise(SERVICE, basin="WP", season=1998, number=77)
    assert told(topic, public, before, since) == by_id(topic.snapshot(public)) == before


def test_the_snapshot_has_the_newest_season_and_exercises_not_the_archive(db: None) -> None:
    record_fixes(SERVICE, TESTED, [fix(0)], source="JTWC")
    names = {one["properties"]["name"] for one in Storms().snapshot(Viewer.public())["features"]}
    assert "YAGI" in names and "THU" not in names


def test_yagi_is_in_the_snapshot_with_its_winds(db: None) -> None:
    yagi = [one for one in Storms().snapshot(Viewer.public())["features"] if one["properties"]["name"] == "YAGI"]
    assert len(yagi) == 38 and sum(bool(one["properties"]["radii"]) for one in yagi) == 27
    assert {one["properties"]["vietnamese_number"] for one in yagi} == {3}
    strongest = max(yagi, key=lambda one: one["properties"]["wind_kt"])["properties"]
    assert (strongest["wind_kt"], strongest["pressure_hpa"], strongest["class"]) == (145, 907, "super")


def test_rounded_places_agree_between_news_and_layer(boat: RescueAsset) -> None:
    """The grid of the database and that of the payload are one, at its edges too."""
    for place in (HONG_GAI, (107.085, 20.945), (-107.115, -20.925), (179.999, 0.005)):
        boat.position.x, boat.position.y = place  # type: ignore[union-attr]
        boat.save(update_fields=["position"])
        query = LayerQuery(registry.declared()["rescue_assets"], Viewer.public(), keys=("TEST-1",))
        (row,) = [text for _key, text in query.features()]
        shown = asset_feature(boat, exact=False)["geometry"]["coordinates"]
        assert f"[{shown[0]:g},{shown[1]:g}]" in row


def test_a_new_season_in_another_ocean_takes_no_storm_off_the_map_and_brings_none(db: None) -> None:
    record_fixes(SERVICE, StormName("SH", 2025, 1, name="ANCHA"), [fix(0, lat=-12.0)], source="JTWC")
    names = {one["properties"]["name"] for one in Storms().snapshot(Viewer.public())["features"]}
    assert "YAGI" in names and "ANCHA" not in names
