"""`import_readings`: what stations measured, from tables as networks send them, each row accounted for."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from gis.actions.models import Record
from gis.exchange.models import ImportRun
from gis.observations.models import Reading, Station

HEAD = "ma_tram;yeu_to;thoi_gian;gia_tri;phut"


@pytest.fixture
def station(db: None) -> Station:
    return Station.objects.create(
        code="TEST-R1",
        name="Lê Lợi",
        kind="rain",
        commune_id="06970",
        position="SRID=4326;POINT(107.2 21.2)",
        source="x",
    )


def table(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8-sig")
    return path


def run(path: Path, *options: str) -> str:
    out, err = StringIO(), StringIO()
    try:
        with translation.override("en"):
            call_command("import_readings", path, *options, stdout=out, stderr=err)
    except CommandError as error:
        error.add_note(err.getvalue())
        raise
    return out.getvalue()


def counts() -> tuple[int, ...]:
    last = ImportRun.objects.latest("at", "pk")
    return last.read, last.stored, last.merged, last.unchanged, last.held, last.refused


def test_a_table_of_a_vietnamese_network_comes_in_and_again_without_doubling(station: Station, tmp_path: Path) -> None:
    rows = ["TEST-R1;rain;07/09/2024 13:00;12,5;60", "TEST-R1;wind;2024-09-07T13:10:00+07:00;38.2;10"]
    path = table(tmp_path / "readings.csv", *rows)
    for expected in [(2, 2, 0, 0, 0, 0), (2, 0, 0, 2, 0, 0)]:
        run(path, "--utc-offset=+07:00", "--source=Đài KTTV")
        assert counts() == expected
    rain = Reading.objects.get(station=station, quantity="rain")
    assert (rain.time, rain.value, rain.minutes) == (datetime(2024, 9, 7, 6, tzinfo=UTC), Decimal("12.5"), 60)
    assert rain.source == "Đài KTTV" and Record.objects.filter(target="station:TEST-R1").count() == 1
    run(table(path, rows[0].replace("12,5", "13,5")), "--utc-offset=+07:00")
    assert counts() == (1, 0, 1, 0, 0, 0)


def test_a_mapping_gives_what_the_table_does_not_say(station: Station, tmp_path: Path) -> None:
    path = table(
        tmp_path / "rain.csv", "TEST-R1,2024-09-07T06:00Z,7", "TEST-R1,2024-09-07T07:00Z,0", head="tram,luc,mm"
    )
    mapping = tmp_path / "mapping.json"
    constants = {"quantity": {"value": "rain"}, "minutes": {"value": 60}}
    mapping.write_text(json.dumps({"station": "tram", "time": "luc", "value": "mm", **constants}), encoding="utf-8")
    run(path, "--mapping", str(mapping))
    assert counts() == (2, 2, 0, 0, 0, 0) and station.readings.count() == 2


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("TEST-R1;rain;07/09/2024 13:00;1;60", "row 3, time: The time has no zone"),
        ("TEST-R9;rain;2024-09-07T06:00Z;1;60", "row 3, station: 'TEST-R9' is none of the codes"),
        ("TEST-R1;snow;2024-09-07T06:00Z;1;60", "row 3, quantity: 'snow'"),
        ("TEST-R1;rain;yesterday;1;60", "row 3, time: 'yesterday' does not fit here"),
        ("TEST-R1;rain;2024-09-07T06:00Z;9999;60", "The value is out of range"),
        ("TEST-R1;rain;2024-09-07T06:00Z;1;", "Rain and wind come with the minutes they cover"),
        ("TEST-R1;rain;2024-09-07T06:00Z;1", "row 3, line: The row has 4 cells, the header 5"),
        ("TEST-R1;rain;2024-09-07T05:00Z;1;60", "stands in row 2 already"),
    ],
)
def test_a_row_at_fault_is_told_and_holds_the_others_back(
    station: Station, tmp_path: Path, row: str, told: str
) -> None:
    path = table(tmp_path / "readings.csv", "TEST-R1;rain;2024-09-07T05:00Z;1;60", row)
    with pytest.raises(CommandError) as refusal:
        run(path)
    assert told in refusal.value.__notes__[0] and counts() == (2, 0, 0, 0, 1, 1)
    assert station.readings.count() == 0
    run(path, "--skip-refused")
    assert counts() == (2, 1, 0, 0, 0, 1) and station.readings.count() == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\xff\xfe\x00a", "no text"),
        (HEAD.encode() + b"\nTEST-R1;\xe3;x;1;1\n", "Line 2 is not in the expected encoding"),
        (HEAD.encode() + b'\n"TEST-R1;rain\n', "no row of a table"),
        (b"a;a\n1;2\n", "Columns stand twice"),
        (HEAD.encode() + b"\n" + b"x" * (2**20 + 9), "longer than any row"),
        (b"code;value\n1;2\n", "does not say where these come from: quantity, time"),
    ],
    ids=["empty", "binary", "encoding", "quotes", "twice", "long", "columns"],
)
def test_what_is_no_such_table_is_refused_with_a_word(db: None, tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "readings.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=told):
        run(path)


def test_a_description_proposes_a_mapping(db: None, tmp_path: Path) -> None:
    printed = run(table(tmp_path / "readings.csv"), "--describe")
    proposal: dict[str, Any] = json.loads(printed[printed.index("{\n") :])
    assert proposal["station"] == "ma_tram" and proposal["time"] == "thoi_gian" and "  * value" in printed
