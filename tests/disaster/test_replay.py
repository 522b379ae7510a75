"""A storm that is played again goes through the actions of a real feed, and shows the same everywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from disaster.exercises.replay import REPORT_SECONDS, Replay, find_storm, one_at_a_time
from disaster.exercises.routes import Route, route_of
from disaster.exercises.ways import network
from disaster.live import Storms
from disaster.models import AssetPosition, RescueAsset, Storm
from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.geometry.geodesic import distance_m
from gis.layers import registry
from gis.layers.query import LayerQuery
from gis.live.models import Event
from gis.problems import BadParameter, Conflict, NotFound
from support.databases import role_urls

HOME = (107.09, 20.94)
DAY = 86_400


@pytest.fixture
def run(db: None) -> Replay:
    """Yagi, a day in a second."""
    return Replay(find_storm("yagi"), speed=DAY)


def played() -> Storm:
    return Storm.objects.get(exercise=True)


def test_fixes_come_when_they_are_due(run: Replay) -> None:
    run.begin()
    counts = [len(run.advance(seconds).fixes) for seconds in (0, 0.1, 0.25, 1.0, 1.0)]
    assert counts == [1, 0, 1, 3, 0]
    assert played().fixes.count() == 5 and played().name == "YAGI (diễn tập)"


def test_the_exercise_ends_with_all_that_the_storm_was(run: Replay) -> None:
    run.begin()
    for seconds in range(11):
        run.advance(seconds)
    assert run.over
    happened = Storm.objects.get(name="YAGI")
    columns = (
        "time",
        "position",
        "wind_kt",
        "pressure_hpa",
        "beaufort",
        "wind_class",
        "radii__threshold_kt",
        "radii__ne_nm",
    )
    order = ("time", "radii__threshold_kt")
    assert list(played().fixes.order_by(*order).values_list(*columns)) == list(
        happened.fixes.order_by(*order).values_list(*columns)
    )
    assert played().track == happened.track


def test_what_happened_is_not_touched(run: Replay) -> None:
    before = list(Storm.objects.get(name="YAGI").fixes.values())
    run.begin()
    run.advance(3)
    assert list(Storm.objects.get(name="YAGI").fixes.values()) == before


def test_a_new_exercise_begins_clean(run: Replay) -> None:
    run.begin()
    run.advance(5)
    again = Replay(find_storm("YAGI"), speed=DAY)
    again.begin()
    again.advance(0)
    assert played().fixes.count() == 1
    assert Event.objects.filter(topic="storms", kind="removed").count() == 1


def test_until_ends_it_earlier_and_from_tells_all_before(db: None) -> None:
    start, until = datetime(2024, 9, 6, tzinfo=UTC), datetime(2024, 9, 7, 6, tzinfo=UTC)
    run = Replay(find_storm("yagi"), speed=DAY, start=start, until=until)
    run.begin()
    assert len(run.advance(0).fixes) == 28 and not run.over
    run.advance(1.25)
    assert run.over and played().fixes.latest("time").time == until


def test_a_storm_that_was_not_there_yet_is_not_played(db: None) -> None:
    with pytest.raises(BadParameter, match="2024-08-30"):
        Replay(find_storm("yagi"), speed=1, until=datetime(2024, 1, 1, tzinfo=UTC))


def test_an_unknown_storm_is_told_beside_the_known_ones(db: None) -> None:
    with pytest.raises(NotFound, match="YAGI"):
        find_storm("Katrina")


def test_every_asset_reports_in_its_turn_and_none_jumps(run: Replay) -> None:
    run.begin()
    moved = [run.advance(seconds).moved for seconds in (0, 1, 2, 3, 4.99)]
    ready = RescueAsset.objects.exclude(status="out").count()
    assert sum(moved) == ready and max(moved[1:]) < ready / 2, "spread over the seconds"
    assert run.advance(REPORT_SECONDS + 4.99).moved == ready
    reports = AssetPosition.objects.filter(source="exercise")
    assert reports.count() == 2 * ready
    assert reports.filter(speed_kt__isnull=True).count() == reports.filter(course_deg__isnull=True).count() == 0
    assert Record.objects.filter(action="disaster.move_asset").count() >= 2 * ready
    assert Event.objects.filter(topic="assets", kind="moved").count() >= 2 * ready


def test_an_asset_out_of_service_stays(run: Replay) -> None:
    RescueAsset.objects.update(status="out")
    rest = Replay(find_storm("yagi"), speed=DAY)
    rest.begin()
    assert rest.advance(10).moved == 0


def test_map_database_and_layers_show_the_same_state(run: Replay) -> None:
    run.begin()
    run.advance(4)
    snapshot = [one for one in Storms().snapshot(Viewer.public())["features"] if one["properties"]["exercise"]]
    layer = LayerQuery(registry.declared()["storm_fixes"], Viewer.public())
    published = [text for _key, text in layer.features() if '"YAGI (diễn tập)"' in text]
    assert len(snapshot) == len(published) == played().fixes.count() == 17


def test_routes_are_the_same_every_time_and_begin_at_home() -> None:
    for kind in ("boat", "truck", "ambulance", "team", "helicopter"):
        route, again = route_of("A01", kind, HOME), route_of("A01", kind, HOME)
        assert route.places == again.places
        assert route.places[0] == route.places[-1] == HOME and route.metres > 4000
    assert route_of("A01", "boat", HOME).places != route_of("A02", "boat", HOME).places


def test_boats_keep_to_the_lanes_and_trucks_to_the_roads() -> None:
    for kind, way in (("boat", "water"), ("truck", "road")):
        vertices = set(network(way)._neighbours)  # type: ignore[arg-type]
        assert set(route_of("A01", kind, HOME).places) - {HOME} <= vertices


def test_all_ways_of_a_kind_hang_together() -> None:
    for way in ("water", "road"):
        ends = network(way).ends  # type: ignore[arg-type]
        assert all(network(way).shortest(ends[0], end) for end in ends)  # type: ignore[arg-type]


def test_an_asset_moves_along_its_route_at_an_even_speed() -> None:
    route = route_of("A01", "boat", HOME)
    places = [route.at(metres) for metres in range(0, 6000, 100)]
    assert places[0][:2] == pytest.approx(HOME)
    steps = [distance_m(*here[:2], *there[:2]) for here, there in pairwise(places)]
    assert max(steps) <= 100.001 and min(steps) > 30, "shorter only around a corner"
    assert route.at(route.metres + 500)[:2] == pytest.approx(route.at(500)[:2], abs=1e-6)


def test_a_route_without_a_goal_stays_at_home() -> None:
    assert Route([HOME]).at(1000) == (*HOME, 0.0)


@pytest.fixture
def other_session(db: None) -> Iterator[None]:
    """Another process plays."""
    other = psycopg2.connect(role_urls(str(connection.settings_dict["NAME"]))["DATABASE_URL"])
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('disaster.replay'))")
    yield
    other.close()


def test_two_exercises_at_once_are_one_too_many(other_session: None) -> None:
    with pytest.raises(Conflict), one_at_a_time():
        pass


def play(*options: str) -> str:
    out = StringIO()
    call_command("replay", *options, stdout=out)
    return out.getvalue()


def test_the_command_tells_each_fix_and_ends(db: None) -> None:
    printed = play("yagi", "--speed", "1000000", "--until", "2024-08-31T00:00Z")
    assert "YAGI (diễn tập)" in printed and "3/3" in printed and "9.9N 132.8E" in printed
    assert played().fixes.count() == 3
    play("yagi", "--clear")
    assert not Storm.objects.filter(exercise=True).exists()


@pytest.mark.parametrize(
    "options",
    [("Katrina",), ("yagi", "--speed", "0"), ("yagi", "--speed", "fast"), ("yagi", "--until", "2024-09-07T06:00")],
)
def test_a_wrong_option_is_told_and_nothing_is_played(db: None, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        play(*options)
    assert not Storm.objects.filter(exercise=True).exists()


def test_in_production_nothing_is_played(db: None, settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        play("yagi")


def test_assets_go_home_first_when_an_exercise_begins_anew(run: Replay) -> None:
    run.begin()
    run.advance(1000)
    again = Replay(find_storm("yagi"), speed=DAY)
    again.advance(0)
    code = again.actors[0].code
    reports = AssetPosition.objects.filter(asset__code=code).order_by("time")
    first, last = reports.first(), reports.last()
    assert first is not None and last is not None
    assert last.position.coords == pytest.approx(first.position.coords)
    assert AssetPosition.objects.values("asset").annotate(count=Count("pk")).filter(count__gt=1).exists()
