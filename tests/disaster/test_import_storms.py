"""`import_storms`: every row of a best track is accounted for, and nothing is stored by halves."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max, Min

from disaster.models import Storm, StormFix, WindRadius
from gis.exchange.models import ImportRun
from gis.live.models import Event

Deck = Callable[..., Path]
GOOD = (
    "WP, 77, 1998090106,   , BEST,   0, 200N, 1100E,  60,  985, TS,  34, NEQ,  100,   90,   80,  , 1004,"
    "  200,  15,   0,   0,   W,   0,    ,   0,   0,       THU, D, "
)
FIFTY = GOOD.replace(" 34, NEQ,  100,   90,   80,  ", " 50, NEQ,   30,   30,    0,   0")
LATER = GOOD.replace("1998090106", "1998090112").replace("200N, 1100E", "205N, 1090E")


def run(path: Path, *options: str) -> str:
    """What the command prints; raises `CommandError` with what it says, and its account in `notes`."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_storms", path, *options, stdout=out, stderr=err)
    except CommandError as error:
        error.add_note(err.getvalue())
        raise
    return out.getvalue()


def stored() -> list[StormFix]:
    return list(StormFix.objects.filter(storm__season=1998).order_by("time"))


def test_the_best_track_of_yagi_is_accounted_for_row_by_row(db: None, shared_data: Path) -> None:
    Storm.objects.filter(name="YAGI").delete()
    printed = run(shared_data / "storms" / "bwp122024_yagi_atcf_raw.dat")
    storm = Storm.objects.get(name="YAGI")
    extremes = storm.fixes.aggregate(wind=Max("wind_kt"), pressure=Min("pressure_hpa"))
    assert (storm.basin, storm.season, storm.number) == ("WP", 2024, 12)
    assert storm.fixes.count() == 38 and extremes == {"wind": 145, "pressure": 907}
    assert WindRadius.objects.filter(fix__storm=storm).values("fix").distinct().count() == 27
    run_of_it = ImportRun.objects.latest("at")
    assert (run_of_it.read, run_of_it.stored, run_of_it.merged, run_of_it.refused) == (74, 38, 36, 0)
    assert all(figure in printed for figure in ("74", "38", "36"))


def test_the_track_in_the_fixtures_is_that_of_the_file(db: None, shared_data: Path) -> None:
    run(shared_data / "storms" / "bwp122024_yagi_atcf_raw.dat")
    last = ImportRun.objects.latest("at")
    assert (last.read, last.unchanged) == (74, 74), "the demo's Yagi and the file tell the same"


def test_one_fix_has_all_that_its_rows_say(db: None, deck: Deck) -> None:
    run(deck(GOOD, FIFTY, LATER))
    first, _second = stored()
    assert (first.wind_kt, first.wind_averaging_minutes, first.pressure_hpa, first.kind) == (60, 1, 985, "TS")
    assert (first.source, first.storm.name, first.position.coords) == ("JTWC", "THU", (110.0, 20.0))
    told = first.radii.order_by("threshold_kt").values_list("threshold_kt", "ne_nm", "se_nm", "sw_nm", "nw_nm")
    assert list(told) == [(34, 100, 90, 80, None), (50, 30, 30, 0, 0)]


def test_running_it_again_changes_nothing(db: None, deck: Deck) -> None:
    path = deck(GOOD, FIFTY, LATER)
    run(path)
    keys, events = [fix.pk for fix in stored()], Event.objects.count()
    run(path)
    assert [fix.pk for fix in stored()] == keys and Event.objects.count() == events
    last = ImportRun.objects.latest("at")
    assert (last.read, last.stored, last.merged, last.unchanged) == (3, 0, 0, 3)


def test_a_corrected_row_changes_its_fix_alone(db: None, deck: Deck) -> None:
    run(deck(GOOD, LATER))
    run(deck(GOOD, LATER.replace("  60,", "  75,")))
    last = ImportRun.objects.latest("at")
    assert (last.stored, last.unchanged) == (1, 1)
    assert [fix.wind_kt for fix in stored()] == [60, 75]


def test_another_centre_stands_beside(db: None, deck: Deck) -> None:
    run(deck(GOOD))
    run(deck(GOOD.replace("200N", "201N")), "--source", "JTWC best track 2025")
    assert [fix.source for fix in stored()] == ["JTWC", "JTWC best track 2025"]


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (LATER.replace("  60,", " 999,"), "wind", "999"),
        (LATER.replace("205N", "950N"), "latitude", "950N"),
        (LATER.replace("WP,", "XX,"), "basin", "XX"),
        (LATER[:40], "line", "WP, 77, 1998090112"),
        (GOOD.replace("200N", "300N"), "latitude", "30.0"),
        (GOOD.replace("  60,", "  70,"), "wind", "70"),
    ],
    ids=["wind 999", "latitude 95", "unknown basin", "broken line", "two places", "two winds"],
)
def test_a_wrong_row_is_told_by_row_and_field_and_nothing_is_stored(
    db: None, deck: Deck, row: str, field: str, value: str
) -> None:
    before = Event.objects.count()
    with pytest.raises(CommandError) as refusal:
        run(deck(GOOD, "", row))
    (account,) = refusal.value.__notes__
    (told,) = [line for line in account.splitlines() if f" 3, {field}:" in line]
    assert value in told
    assert stored() == [] and not Storm.objects.filter(season=1998).exists() and Event.objects.count() == before
    last = ImportRun.objects.latest("at")
    assert (last.read, last.stored, last.held, last.refused) == (2, 0, 1, 1)
    assert [(one.row, one.field) for one in last.refusals.all()] == [(3, field)]


def test_with_skip_refused_the_rest_is_stored(db: None, deck: Deck) -> None:
    run(deck(GOOD, LATER.replace("  60,", " 999,"), FIFTY), "--skip-refused")
    last = ImportRun.objects.latest("at")
    assert (last.read, last.stored, last.merged, last.refused) == (3, 1, 1, 1)
    assert len(stored()) == 1


def test_rows_of_two_storms_in_one_file_are_kept_apart(db: None, deck: Deck) -> None:
    run(deck(GOOD, LATER.replace("WP, 77", "WP, 78"), LATER))
    storms = Storm.objects.filter(season=1998).order_by("number")
    assert [(storm.number, storm.fixes.count()) for storm in storms] == [(77, 2), (78, 1)]


def test_a_file_that_is_no_best_track_is_refused_as_what_it_is_not(db: None, tmp_path: Path) -> None:
    files = {
        "missing.dat": None,
        "empty.dat": b"",
        "blank.dat": b"\n  \n",
        "picture.dat": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "latin.dat": GOOD.encode() + "\nTh\xe9".encode("latin-1"),
        "folder.dat": "folder",
    }
    for name, content in files.items():
        path = tmp_path / name
        if content == "folder":
            path.mkdir()
        elif isinstance(content, bytes):
            path.write_bytes(content)
        with pytest.raises(CommandError, match="b-deck") as refusal:
            run(path)
        assert str(tmp_path) not in str(refusal.value)
    assert stored() == []


def test_many_refused_rows_are_told_by_the_first_twenty(db: None, deck: Deck) -> None:
    with pytest.raises(CommandError) as refusal:
        run(deck(*[LATER.replace("  60,", " 999,")] * 41))
    (account,) = refusal.value.__notes__
    assert len(account.splitlines()) == 23, "the sum, twenty rows, how many more, and where all are"
    assert ImportRun.objects.latest("at").refused == 41


def test_a_source_that_is_too_long_stores_nothing(db: None, deck: Deck) -> None:
    with pytest.raises(CommandError, match="source"):
        run(deck(GOOD), "--source", "x" * 41)
    assert stored() == []
