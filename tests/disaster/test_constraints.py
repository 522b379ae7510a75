"""What the database refuses and derives, whoever writes: plain SQL as the app's role."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from disaster.models import RescueAsset, Storm

STORM = """
INSERT INTO disaster_storm (basin, season, number, name, exercise)
VALUES ('{}', {}, {}, 'THU', {}) RETURNING id
"""
FIX = """
INSERT INTO disaster_stormfix
    (storm_id, time, position, wind_kt, wind_averaging_minutes, pressure_hpa, kind, source)
VALUES (%(storm)s, %(time)s, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(wind)s, %(minutes)s,
    %(pressure)s, 'TY', %(source)s)
RETURNING id
"""
RADIUS = """
INSERT INTO disaster_windradius (fix_id, threshold_kt, ne_nm, geom)
VALUES (%s, %s, %s, ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))', 4326))
"""
ASSET = """
INSERT INTO disaster_rescueasset (code, name, kind, status, commune_id, crew, fuel_percent, contact, source)
VALUES (%s, '', 'boat', 'ready', '06685', 0, %s, '', '')
"""
POSITION = """
INSERT INTO disaster_assetposition
    (asset_id, time, position, accuracy_m, speed_kt, course_deg, source, implausible)
VALUES (%(asset)s, %(time)s, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(accuracy)s, %(speed)s,
    %(course)s, '', false)
"""
LEVEL = "SELECT (beaufort, wind_class)::text FROM disaster_stormfix WHERE id = %s"
AT_NOON = "WHERE storm_id = %s AND time = '1998-09-01T12:00Z'"


def run(statement: str, parameters: Any = None) -> Any:
    """Run one statement; the first value that it returns, if any."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0] if cursor.description else None


def refused(statement: str, parameters: Any = None) -> str:
    """Name of the constraint that refuses the statement."""
    with pytest.raises(DatabaseError) as refusal:
        run(statement, parameters)
    cause: Any = refusal.value.__cause__
    return str(cause.diag.constraint_name or cause)


@pytest.fixture
def storm(db: None) -> int:
    return int(run(STORM.format("WP", 1998, 77, False)))


def values(storm: int, **changed: Any) -> dict[str, Any]:
    told = {"lon": 110, "lat": 20, "wind": 65, "minutes": 1, "pressure": 980, "source": "JTWC"}
    return {"storm": storm, "time": "1998-09-01T12:00Z", **told, **changed}


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"lon": 180.1}, "storm_position_on_the_globe"),
        ({"lat": -90.1}, "storm_position_on_the_globe"),
        ({"lat": "NaN"}, "storm_position_on_the_globe"),
        ({"wind": 251}, "storm_wind_plausible"),
        ({"wind": -1}, "disaster_stormfix_wind_kt_check"),
        ({"minutes": None}, "storm_wind_has_its_averaging_period"),
        ({"minutes": 5}, "storm_wind_has_its_averaging_period"),
        ({"pressure": 849}, "storm_pressure_plausible"),
        ({"pressure": 1051}, "storm_pressure_plausible"),
    ],
)
def test_a_fix_that_cannot_be_is_refused(storm: int, changed: dict[str, Any], constraint: str) -> None:
    assert refused(FIX, values(storm, **changed)) == constraint


def test_a_source_tells_of_a_storm_once_at_a_time(storm: int) -> None:
    run(FIX, values(storm))
    run(FIX, values(storm, source="JMA", minutes=10))
    assert refused(FIX, values(storm)) == "storm_fix_once_per_source"


def test_the_bounds_themselves_are_accepted(storm: int) -> None:
    run(FIX, values(storm, lon=-180, lat=90, wind=250, minutes=10, pressure=850))
    run(FIX, values(storm, time="1998-09-01T18:00Z", wind=None, minutes=None, pressure=None))


def test_a_storm_is_numbered_once_and_its_exercise_stands_beside_it(storm: int) -> None:
    assert refused(STORM.format("WP", 1998, 77, False)) == "storm_numbered_once"
    run(STORM.format("WP", 1998, 77, True))
    assert refused(STORM.format("XX", 1998, 1, False)) == "storm_basin_known"


@pytest.mark.parametrize(
    ("threshold", "extent", "constraint"),
    [(35, 10, "wind_radius_threshold_known"), (34, -1, "disaster_windradius_ne_nm_check")],
)
def test_wind_radii_have_known_thresholds_and_no_negative_extent(
    storm: int, threshold: int, extent: int, constraint: str
) -> None:
    assert refused(RADIUS, [run(FIX, values(storm)), threshold, extent]) == constraint


def test_a_fix_has_one_set_of_radii_for_each_threshold(storm: int) -> None:
    fix = run(FIX, values(storm))
    run(RADIUS, [fix, 34, 10])
    run(RADIUS, [fix, 50, 10])
    assert refused(RADIUS, [fix, 34, 20]) == "wind_radius_once_per_threshold"


def test_the_level_of_a_wind_follows_the_wind(storm: int) -> None:
    fix = run(FIX, values(storm, wind=110))
    assert run(LEVEL, [fix]) == "(16,super)"
    run("UPDATE disaster_stormfix SET wind_kt = 40 WHERE id = %s", [fix])
    assert run(LEVEL, [fix]) == "(8,storm)"
    refused("UPDATE disaster_stormfix SET beaufort = 12 WHERE id = %s", [fix])


def track(storm: int) -> str | None:
    geometry = Storm.objects.get(pk=storm).track
    return geometry.wkt if geometry else None


def test_the_track_follows_every_change_of_the_fixes(storm: int) -> None:
    run(FIX, values(storm, time="1998-09-01T12:00Z", lon=112))
    assert track(storm) is None
    run(FIX, values(storm, time="1998-09-01T06:00Z", lon=113))
    assert track(storm) == "MULTILINESTRING ((113 20, 112 20))"
    run(f"UPDATE disaster_stormfix SET position = ST_Point(111, 21, 4326) {AT_NOON}", [storm])
    assert track(storm) == "MULTILINESTRING ((113 20, 111 21))"
    run(f"DELETE FROM disaster_stormfix {AT_NOON}", [storm])
    assert track(storm) is None


def test_a_fix_given_to_another_storm_leaves_the_first_ones_track(storm: int) -> None:
    other = run(STORM.format("WP", 1998, 78, False))
    for hour in (0, 6, 12):
        run(FIX, values(storm, time=f"1998-09-01T{hour:02}:00Z", lon=110 - hour))
    run(f"UPDATE disaster_stormfix SET storm_id = %s {AT_NOON}", [other, storm])
    assert track(storm) == "MULTILINESTRING ((110 20, 104 20))"


def test_the_track_is_that_of_one_source(storm: int) -> None:
    for hour in (0, 6, 12):
        run(FIX, values(storm, time=f"1998-09-01T{hour:02}:00Z", lon=110 - hour))
    run(FIX, values(storm, time="1998-09-01T03:00Z", lon=120, source="CMA", minutes=2))
    assert track(storm) == "MULTILINESTRING ((110 20, 104 20, 98 20))"


def test_a_track_over_the_antimeridian_is_split_there(storm: int) -> None:
    run(FIX, values(storm, time="1998-09-01T00:00Z", lon=-178, lat=10))
    run(FIX, values(storm, time="1998-09-01T06:00Z", lon=178, lat=12))
    run(FIX, values(storm, time="1998-09-01T12:00Z", lon=176, lat=12))
    geometry = Storm.objects.get(pk=storm).track
    assert geometry is not None
    lines = sorted(sorted(line.coords) for line in geometry)
    assert lines == [[(-180, 11), (-178, 10)], [(176, 12), (178, 12), (180, 11)]]


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"lon": 181}, "asset_position_on_the_globe"),
        ({"course": 360}, "asset_course_is_an_angle"),
        ({"speed": -1}, "asset_report_without_negative_figures"),
        ({"accuracy": -1}, "asset_report_without_negative_figures"),
        ({"time": "2024-09-01T00:00Z"}, "asset_positioned_once_at_a_time"),
    ],
)
def test_a_position_that_cannot_be_is_refused(boat: RescueAsset, changed: dict[str, Any], constraint: str) -> None:
    report = {"lon": 107, "lat": 20, "accuracy": 5, "speed": 9, "course": 0, "time": "2024-09-02T00:00Z"}
    assert refused(POSITION, {"asset": boat.pk, **report, **changed}) == constraint


def test_a_code_belongs_to_one_asset_and_fuel_is_a_percentage(boat: RescueAsset) -> None:
    assert "code" in refused(ASSET, [boat.code, 50])
    assert refused(ASSET, ["TEST-2", 101]) == "asset_fuel_is_a_percentage"


def test_the_marker_never_goes_back(boat: RescueAsset) -> None:
    report = {"asset": boat.pk, "accuracy": None, "speed": None, "course": None, "lat": 20.5}
    run(POSITION, {**report, "lon": 107.5, "time": "2024-09-01T06:00Z"})
    run(POSITION, {**report, "lon": 107.2, "time": "2024-09-01T03:00Z"})
    boat.refresh_from_db()
    assert boat.position is not None and boat.position.coords == (107.5, 20.5)
    assert f"{boat.positioned_at:%H:%M}" == "06:00"
    assert boat.positions.count() == 3
