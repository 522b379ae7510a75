"""`import_storms` with tables of many storms: JTWC's best tracks and IBTrACS, each row accounted for."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from disaster.models import Storm, StormFix, WindRadius
from gis.actions.models import Record
from gis.exchange.models import ImportRun
from gis.live.models import Event
from support.databases import role_urls

Table = Callable[..., Path]
JTWC_HEADER = (
    "atcf_id,season,cyclone_no,name,time_utc,lat,lon,vmax_kt_1min,mslp_hpa,type,r34_ne_nm,r34_se_nm,r34_sw_nm,r34_nw_nm,"
    "r50_ne_nm,r50_se_nm,r50_sw_nm,r50_nw_nm,r64_ne_nm,r64_se_nm,r64_sw_nm,r64_nw_nm,pouter_hpa,router_nm,rmw_nm"
)
GOOD = "WP771998,1998,77,THU,1998-09-01T06:00Z,20.0,110.0,60,985,TS,100,90,80,,30,30,0,0,,,,,1004,200,15"
LATER = "WP771998,1998,77,THU,1998-09-01T12:00Z,20.5,109.0,,,,,,,,,,,,,,,,,,"
OTHER = "WP781998,1998,78,,1998-09-01T12:00Z,10.5,-179.8,30,-999,,,,,,,,,,,,,,,,"
IBTRACS_HEADER = (
    "SID,SEASON,NUMBER,BASIN,NAME,ISO_TIME,NATURE,LAT,LON,USA_ATCF_ID,USA_LAT,USA_LON,USA_STATUS,USA_WIND,USA_PRES,"
    "USA_R34_NE,USA_R34_SE,USA_R34_SW,USA_R34_NW,TOKYO_LAT,TOKYO_LON,TOKYO_GRADE,TOKYO_WIND,TOKYO_PRES,"
    "CMA_LAT,CMA_LON,CMA_CAT,CMA_WIND,CMA_PRES,HKO_LAT,HKO_LON,HKO_CAT,HKO_WIND,HKO_PRES"
)
UNITS = (
    " ,Year, , , , , ,degrees_north,degrees_east, ,degrees_north,degrees_east, ,kts,mb,nmile,nmile,nmile,nmile,"
    "degrees_north,degrees_east, ,kts,mb,degrees_north,degrees_east, ,kts,mb,degrees_north,degrees_east, ,kts,mb"
)
FOUR = (
    "1998244N20110,1998,60,WP,THU,1998-09-01 06:00:00,TS,20.1,110.1,WP771998,20.0,110.0,TS,60,985,100,90,80, ,"
    "20.2,110.2,4,55,990,20.3,110.3,3,58,988,20.4,110.4,SuperT,52, "
)
PLACELESS = (
    "1998244N20110,1998,60,WP,THU,1998-09-01 09:00:00,TS,20.3,109.5, , , , ,50, , , , , , , , , , , , ,2,38, , , , , , "
)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def written(*lines: str, name: str = "storms.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return written


def run(path: Path, *options: str) -> str:
    """What the command prints; raises `CommandError` with its account in the notes."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_storms", path, *options, stdout=out, stderr=err)
    except CommandError as error:
        error.add_note(err.getvalue())
        raise
    return out.getvalue()


def account() -> tuple[int, ...]:
    last = ImportRun.objects.latest("at", "id")
    return last.read, last.stored, last.merged, last.unchanged, last.refused, last.held


def stored(season: int = 1998) -> list[StormFix]:
    return list(StormFix.objects.filter(storm__season=season).order_by("storm", "time", "source"))


def test_all_best_tracks_of_eighty_years_are_accounted_for(db: None, shared_data: Path) -> None:
    path = shared_data / "storms" / "jtwc_besttrack_points_within200km_halong_1945_2024.csv"
    yagi = set(StormFix.objects.filter(storm__name="YAGI").values_list("time", "wind_kt", "pressure_hpa"))
    run(path)
    assert account() == (4071, 4033, 0, 38, 0, 0), "Yagi stood already, fix by fix"
    assert Storm.objects.count() == 141 and StormFix.objects.count() == 4071
    assert set(StormFix.objects.filter(storm__name="YAGI").values_list("time", "wind_kt", "pressure_hpa")) == yagi
    assert StormFix.objects.filter(wind_kt=None).count() == 6, "four without a figure, two with -999: unknown"
    crossing = Storm.objects.get(season=1980, number=2).track
    assert len(crossing) > 1 and all(part.extent[2] - part.extent[0] < 180 for part in crossing)
    assert Record.objects.filter(action="disaster.record_fixes", target__startswith="storm:").count() >= 140
    assert Event.objects.filter(topic="storms", kind="fix").count() < 300, "the archive does not speak to open maps"
    run(path)
    assert account() == (4071, 0, 0, 4071, 0, 0) and StormFix.objects.count() == 4071


def test_the_agencies_of_ibtracs_stand_side_by_side_with_their_periods(db: None, shared_data: Path) -> None:
    folder = shared_data / "storms"
    run(folder / "jtwc_besttrack_points_within200km_halong_1945_2024.csv")
    path = folder / "ibtracs_v04r01_2021_2024_within200km_halong.csv"
    told = run(path)
    assert account() == (519, 492, 0, 0, 0, 0) and ImportRun.objects.latest("at", "id").skipped == 27
    assert "2022220N16110 MULAN (27 " in told and "USA_ATCF_ID" in told, "what is no storm of ours is no fault"
    run(path, "--storm", "2022220N16110=WP552022")
    assert account() == (519, 27, 0, 492, 0, 0)
    assert "2021185N13121 –" in told and "WP082021" in told, "a storm without a name is known by where it was"
    periods = StormFix.objects.filter(wind_kt__isnull=False).order_by().distinct()
    assert set(periods.values_list("source", "wind_averaging_minutes")) == {
        ("JTWC", 1), ("IBTrACS JTWC", 1), ("IBTrACS JMA", 10), ("IBTrACS CMA", 2), ("IBTrACS HKO", 10),
    }  # fmt: skip
    assert not StormFix.objects.filter(source="IBTrACS CMA", beaufort__isnull=False).exists(), "no factor for 2 minutes"
    yagi = Storm.objects.get(name="YAGI")
    assert yagi.track_source == "JTWC", "maps follow the centre's own track, not the longer provisional one"
    assert Storm.objects.get(season=2022, number=55).name == "MULAN"
    run(path)
    assert account() == (519, 0, 0, 519, 0, 0)


def test_a_row_of_the_table_becomes_a_fix_and_what_is_missing_is_unknown(db: None, table: Table) -> None:
    run(table(JTWC_HEADER, GOOD, LATER, OTHER))
    assert account() == (3, 3, 0, 0, 0, 0)
    first, second, third = stored()
    assert (first.wind_kt, first.wind_averaging_minutes, first.pressure_hpa, first.kind) == (60, 1, 985, "TS")
    assert (first.source, first.storm.name, first.position.coords) == ("JTWC", "THU", (110.0, 20.0))
    told = first.radii.order_by("threshold_kt").values_list("threshold_kt", "ne_nm", "se_nm", "sw_nm", "nw_nm")
    assert list(told) == [(34, 100, 90, 80, None), (50, 30, 30, 0, 0)]
    assert (second.wind_kt, second.wind_averaging_minutes, second.pressure_hpa) == (None, None, None)
    assert (third.wind_kt, third.pressure_hpa, third.storm.number) == (30, None, 78)


def test_rows_that_say_the_same_are_merged(db: None, table: Table) -> None:
    path = table(JTWC_HEADER, GOOD, GOOD, LATER)
    run(path)
    assert account() == (3, 2, 1, 0, 0, 0)
    run(path)
    assert account() == (3, 0, 0, 3, 0, 0)


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (LATER[:60], "line", "25"),
        (LATER.replace(",", ";"), "line", "25"),
        (LATER.replace("20.5,109.0,,", "20.5,109.0,985,60"), "vmax_kt_1min", "985"),
        (LATER.replace("109.0,,", "109.0,60,60"), "mslp_hpa", "'60'"),
        (GOOD.replace(",60,", ",70,"), "wind", "70"),
        (GOOD.replace("20.0", "30.0"), "lat", "30.0"),
        (GOOD.replace("09-01", "08-30"), "time", "1998-08-30"),
        (LATER.replace("20.5", "NaN"), "lat", "NaN"),
        (LATER.replace("109.0", "999"), "lon", "999"),
        (LATER.replace("109.0", "1e2"), "lon", "1e2"),
        (LATER.replace("109.0,", "109.0,-5"), "vmax_kt_1min", "-5"),
        (LATER.replace("1998-09-01T12:00Z", "01/09/1998 12:00"), "time_utc", "01/09/1998"),
        (LATER.replace("1998-09-01T12:00Z", "1998-09-31T12:00Z"), "time_utc", "1998-09-31"),
        (LATER.replace("1998-09-01T12:00Z", "2190-09-01T12:00Z"), "time", "10"),
        (LATER.replace(",1998,77", ",1999,77"), "season", "1999"),
        (LATER.replace(",77,", ",76,"), "cyclone_no", "76"),
        (LATER.replace("WP771998", "WP7798"), "atcf_id", "WP7798"),
        (LATER.replace("THU", '"THU'), "line", "THU"),
        (LATER.replace("109.0,,,", "109.0,,,TSX"), "type", "TSX"),
    ],
    ids=[
        "cut", "other delimiter", "hPa in knots", "knots in hPa", "two winds", "two places", "out of order", "NaN",
        "lon 999", "exponent", "negative wind", "day first", "31 September", "the future", "season", "number",
        "identifier", "open quote", "stage",
    ],
)  # fmt: skip
def test_a_wrong_row_of_the_table_is_told_by_row_and_column_and_nothing_is_stored(
    db: None, table: Table, row: str, field: str, value: str
) -> None:
    before = Event.objects.count()
    path = table(JTWC_HEADER, GOOD, row, OTHER)
    with pytest.raises(CommandError) as refusal:
        run(path)
    (told,) = [line for line in refusal.value.__notes__[0].splitlines() if f" 3, {field}:" in line]
    assert value in told
    assert account() == (3, 0, 0, 0, 1, 2)
    assert stored() == [] and not Storm.objects.filter(season=1998).exists() and Event.objects.count() == before
    run(path, "--skip-refused")
    assert account() == (3, 2, 0, 0, 1, 0) and len(stored()) == 2


def test_an_official_ibtracs_row_makes_a_fix_for_each_agency(db: None, table: Table) -> None:
    run(table(IBTRACS_HEADER, UNITS, FOUR, PLACELESS))
    assert account() == (2, 2, 0, 0, 0, 0), "the line of units is no row"
    told = [
        (fix.source, fix.position.coords, fix.wind_kt, fix.wind_averaging_minutes, fix.pressure_hpa, fix.kind)
        for fix in stored()
    ]
    assert told == [
        ("IBTrACS CMA", (110.3, 20.3), 58, 2, 988, "STS"),
        ("IBTrACS HKO", (110.4, 20.4), 52, 10, None, "SUTY"),
        ("IBTrACS JMA", (110.2, 20.2), 55, 10, 990, "STS"),
        ("IBTrACS JTWC", (110.0, 20.0), 60, 1, 985, "TS"),
        ("IBTrACS CMA", (109.5, 20.3), 38, 2, None, "TS"),
        ("IBTrACS JTWC", (109.5, 20.3), 50, 1, None, ""),
    ]
    levels = {fix.source: fix.beaufort for fix in stored() if fix.time == datetime(1998, 9, 1, 6, tzinfo=UTC)}
    assert levels == {"IBTrACS CMA": None, "IBTrACS HKO": 10, "IBTrACS JMA": 10, "IBTrACS JTWC": 11}
    (radius,) = WindRadius.objects.filter(fix__storm__season=1998)
    assert (radius.fix.source, radius.threshold_kt, radius.ne_nm, radius.nw_nm) == ("IBTrACS JTWC", 34, 100, None)


def test_ibtracs_renames_no_storm_and_moves_no_track(db: None, table: Table) -> None:
    run(table(JTWC_HEADER, GOOD, LATER))
    run(table(IBTRACS_HEADER, FOUR.replace("THU", "THUY"), name="ibtracs.csv"))
    storm = Storm.objects.get(season=1998)
    assert (storm.name, storm.track_source) == ("THU", "JTWC")
    assert storm.track.coords == (((110.0, 20.0), (109.0, 20.5)),)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (FOUR.replace("06:00:00", "12:00:00").replace("WP771998", "WP781998"), "usa_atcf_id"),
        (FOUR.replace("06:00:00", "12:00:00").replace(",3,58", ",x1,58"), "cma_cat"),
        (FOUR.replace("06:00:00", "12:00:00").replace("58,988", "988,58"), "cma_wind"),
        (FOUR.replace("55,990", "54,990"), "wind"),
        (FOUR.replace("1998244N20110", "?"), "sid"),
    ],
    ids=["two storms", "stage", "swapped", "two winds", "no identifier"],
)
def test_a_wrong_row_of_ibtracs_is_told_by_row_and_column(db: None, table: Table, row: str, field: str) -> None:
    with pytest.raises(CommandError) as refusal:
        run(table(IBTRACS_HEADER, UNITS, FOUR, row))
    assert f" 4, {field}:" in refusal.value.__notes__[0]
    assert stored() == []


def test_rows_of_other_agencies_alone_are_skipped_with_a_reason(db: None, table: Table) -> None:
    other = "1998244N20110,1998,60,WP,THU,1998-09-01 12:00:00,TS,20.1,110.1" + "," * 25
    printed = run(table(IBTRACS_HEADER, UNITS, FOUR, other, PLACELESS.replace("09:00", "15:00")))
    assert account() == (3, 2, 0, 0, 0, 0) and "USA, TOKYO, CMA, HKO" in printed
    last = ImportRun.objects.latest("at", "id")
    assert last.skipped == 1 and list(last.skipped_for.values()) == [1]


def test_a_table_of_any_length_is_read_in_flat_memory(db: None, tmp_path: Path) -> None:
    """All of IBTrACS has 300 MB; here are 4 MB, of which less than a third is ever in memory at once."""
    path = tmp_path / "ibtracs.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(f"{IBTRACS_HEADER},REMARK\n")
        for number in range(300):
            for hour in range(0, 24, 3):
                start = f"{1900 + number % 90}244N{number:05d},{1900 + number % 90},{number},SI,UNNAMED"
                cells = f"{start},{1900 + number % 90}-09-01 {hour:02d}:00:00,TS,-20.1,60.1" + "," * 25
                out.write(f"{cells},{'x' * 1600}\n")
    tracemalloc.start()
    run(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ImportRun.objects.latest("at", "id").skipped == 2400 and peak < path.stat().st_size / 3


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([JTWC_HEADER.replace(",", ";"), GOOD.replace(",", ";")], ["';'"]),
        ([JTWC_HEADER.replace("vmax_kt_1min,", ""), GOOD], ["vmax_kt_1min", "jtwc-csv"]),
        ([IBTRACS_HEADER.replace("ISO_TIME", "WHEN"), FOUR], ["iso_time", "ibtracs"]),
        ([JTWC_HEADER.replace("rmw_nm", "lat"), GOOD], ["lat", "jtwc-csv"]),
        (["time,lat,lon,wind", "1998-09-01T12:00Z,20.0,110.0,60"], ["b-deck", "IBTrACS"]),
        ([GOOD], ["b-deck", "IBTrACS"]),
        (["<html><body>404</body></html>"], ["b-deck", "IBTrACS"]),
    ],
    ids=["semicolons", "no wind", "no time", "twice", "other table", "no header", "web page"],
)
def test_a_file_of_no_known_format_is_refused_whole(db: None, table: Table, lines: list[str], words: list[str]) -> None:
    before = ImportRun.objects.count()
    with pytest.raises(CommandError) as refusal:
        run(table(*lines))
    assert all(word in str(refusal.value) for word in words), str(refusal.value)
    assert stored() == [] and ImportRun.objects.count() == before


def test_the_encoding_is_told_by_its_line(db: None, table: Table) -> None:
    with pytest.raises(CommandError, match="2"):
        run(table(JTWC_HEADER, GOOD.replace("THU", "THÚ"), encoding="latin-1"))
    with pytest.raises(CommandError):
        run(table(JTWC_HEADER, GOOD, encoding="utf-16"))
    assert stored() == []


def test_a_format_can_be_forced_and_ibtracs_keeps_its_sources(db: None, table: Table) -> None:
    with pytest.raises(CommandError, match="ibtracs"):
        run(table(JTWC_HEADER, GOOD), "--format", "ibtracs")
    with pytest.raises(CommandError, match="source"):
        run(table(IBTRACS_HEADER, FOUR), "--source", "JMA")
    run(table(JTWC_HEADER, GOOD), "--format", "jtwc-csv", "--source", "JTWC 2025")
    assert [fix.source for fix in stored()] == ["JTWC 2025"]


def test_a_storm_whose_other_source_takes_over_is_drawn_anew(db: None, table: Table) -> None:
    """Open maps must not keep fixes of the source that is drawn no more."""
    Storm.objects.filter(season=2024).delete()
    run(table(IBTRACS_HEADER, FOUR, name="ibtracs.csv"))
    assert Storm.objects.get(season=1998).track_source == "IBTrACS CMA"
    run(table(JTWC_HEADER, GOOD, LATER))
    kinds = list(Event.objects.filter(topic="storms").order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["removed", "fix", "fix"]


def test_killed_in_the_middle_it_leaves_nothing(fresh_database: str, table: Table) -> None:
    rows = [
        f"WP{number:02d}{season},{season},{number},,{season}-09-{day:02d}T{hour:02d}:00Z,{10 + day / 2},{130 - day}"
        ",50,985,TS" + ",100,90,80,70" * 3 + ",,,"
        for season in range(1900, 1940)
        for number in range(1, 5)
        for day in range(1, 11)
        for hour in (0, 12)
    ]
    path = table(JTWC_HEADER, *rows)
    environment = {**os.environ, **role_urls(fresh_database)}
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "manage.py", "import_storms", str(path)]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert _writing(environment["DATABASE_OWNER_URL"], process), "it ended before it could be killed"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not Storm.objects.filter(season__lt=1940).exists()
    assert not ImportRun.objects.filter(file_name="storms.csv").exists()


def _writing(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the import holds a lock for writing fixes."""
    watch = (
        "SELECT count(*) FROM pg_locks WHERE relation = 'disaster_windradius'::regclass AND mode = 'RowExclusiveLock'"
        " AND granted"
    )
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        while process.poll() is None:
            cursor.execute(watch)
            if cursor.fetchone()[0]:
                return True
            time.sleep(0.02)
    return False
