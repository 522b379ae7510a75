"""`import_layer`: features of a file into a layer through a mapping, each row accounted for."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from disaster.actions.move_asset import move_asset
from disaster.models import RescueAsset, Shelter
from forests.models import ForestPlot
from gis.access.viewer import SERVICE
from gis.actions.models import Record
from gis.exchange.models import ImportRun
from gis.layers.versions import version_of_layer
from gis.observations.models import Station
from mines.models import Concession, WasteDump
from support.vectors import square, write_vectors

MAPPING = {
    "code": "lo_id",
    "commune": "xa",
    "compartment": "tk",
    "sub_compartment": "khoanh",
    "plot": "lo",
    "forest_type": {"column": "loai", "values": {"đặc dụng": "1", "phòng hộ": "2", "sản xuất": "3"}},
    "condition": {"value": "RTG"},
    "owner_kind": {"value": "HGD"},
    "owner_name": "chu",
    "legal_area_ha": "ha",
    "source": {"value": "Kiểm kê rừng 2025"},
}
EAST, NORTH = 430_000, 2_330_000


def run(layer: str, path: Path, *options: Any) -> str:
    """What the command prints; raises `CommandError` with its account in `notes`."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_layer", layer, path, *map(str, options), stdout=out, stderr=err)
    except CommandError as error:
        error.add_note(err.getvalue())
        raise
    return out.getvalue()


def plots(path: Path, count: int = 3, **changed: list[Any]) -> Path:
    columns: dict[str, list[Any]] = {
        "lo_id": [f"TEST-{place}" for place in range(count)],
        "xa": ["06970"] * count,
        "tk": ["101"] * count,
        "khoanh": [1] * count,
        "lo": [f"{place}a" for place in range(count)],
        "loai": ["sản xuất"] * count,
        "chu": ["Nguyễn Văn Ước"] * count,
        "ha": [1.25] * count,
    }
    shapes = changed.pop("shapes", [square(EAST + place * 100, NORTH) for place in range(count)])
    return write_vectors(path, shapes, columns | changed)


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING), encoding="utf-8")
    return path


def stored() -> list[ForestPlot]:
    return list(ForestPlot.objects.filter(code__startswith="TEST-").order_by("code"))


def counts() -> tuple[int, int, int, int, int, int]:
    last = ImportRun.objects.latest("at")
    return last.read, last.stored, last.merged, last.unchanged, last.held, last.refused


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".fgb"])
def test_plots_come_in_from_every_format_and_again_without_doubling(
    db: None, tmp_path: Path, mapping: Path, ending: str
) -> None:
    path = plots(tmp_path / f"plots{ending}")
    before = version_of_layer("forest_plots")
    run("forest_plots", path, "--mapping", mapping)
    first, *_others = made = stored()
    assert len(made) == 3 and first.geom.area == pytest.approx(10_000, abs=0.01)
    assert (first.owner_name, first.forest_type, str(first.legal_area_ha)) == ("Nguyễn Văn Ước", 3, "1.25")
    assert counts() == (3, 3, 0, 0, 0, 0) and version_of_layer("forest_plots") != before
    run("forest_plots", path, "--mapping", mapping)
    assert counts() == (3, 0, 0, 3, 0, 0) and len(stored()) == 3


def test_a_changed_row_is_merged_and_its_history_says_what_was(db: None, tmp_path: Path, mapping: Path) -> None:
    run("forest_plots", plots(tmp_path / "plots.gpkg"), "--mapping", mapping)
    changed = plots(tmp_path / "again.gpkg", chu=["Nguyễn Văn Ước", "Trần Thị Bé", "Nguyễn Văn Ước"])
    run("forest_plots", changed, "--mapping", mapping)
    assert counts() == (3, 0, 1, 2, 0, 0)
    record = Record.objects.filter(target="plot:TEST-1").latest("at", "id")
    assert record.changes == {"owner_name": ["Nguyễn Văn Ước", "Trần Thị Bé"]} and record.reason == "again.gpkg"


def test_a_wrong_row_holds_all_back_unless_it_is_left_out(db: None, tmp_path: Path, mapping: Path) -> None:
    path = plots(tmp_path / "plots.gpkg", khoanh=[1, -5, 1], loai=["sản xuất", "sản xuất", "rừng già"])
    with pytest.raises(CommandError) as refusal:
        run("forest_plots", path, "--mapping", mapping)
    (account,) = refusal.value.__notes__
    assert " 2, sub_compartment" in account and " 3, loai" in account and "rừng già" in account
    assert stored() == [] and counts() == (3, 0, 0, 0, 1, 2)
    run("forest_plots", path, "--mapping", mapping, "--skip-refused")
    assert [plot.code for plot in stored()] == ["TEST-0"] and counts() == (3, 1, 0, 0, 0, 2)


def test_a_dry_run_tells_and_stores_nothing(db: None, tmp_path: Path, mapping: Path) -> None:
    before = ImportRun.objects.count()
    printed = run("forest_plots", plots(tmp_path / "plots.gpkg"), "--mapping", mapping, "--dry-run")
    assert "3" in printed and stored() == [] and ImportRun.objects.count() == before


def test_codes_that_stand_twice_in_the_file_are_refused_by_both_rows(db: None, tmp_path: Path, mapping: Path) -> None:
    path = plots(tmp_path / "plots.gpkg", lo_id=["TEST-0", "TEST-1", "TEST-0"])
    with pytest.raises(CommandError) as refusal:
        run("forest_plots", path, "--mapping", mapping)
    assert any(" 3, code: TEST-0" in note and " 1 " in note for note in refusal.value.__notes__)


@pytest.mark.parametrize(
    ("mapping_change", "names"),
    [
        ({"colour": "lo"}, ["colour", "legal_area_ha"]),
        ({"plot": "no_such"}, ["no_such", "lo_id"]),
        ({"plot": {"col": "lo"}}, ["plot", "column"]),
    ],
    ids=["unknown field", "unknown column", "unknown form"],
)
def test_a_mapping_that_does_not_fit_is_refused_with_the_names_there_are(
    db: None, tmp_path: Path, mapping_change: dict[str, Any], names: list[str]
) -> None:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING | mapping_change), encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        run("forest_plots", plots(tmp_path / "plots.gpkg"), "--mapping", path)
    assert all(name in str(refusal.value) for name in names)


def test_a_mapping_may_be_toml(db: None, tmp_path: Path) -> None:
    lines = []
    for field, origin in MAPPING.items():
        if isinstance(origin, str):
            lines.append(f'{field} = "{origin}"')
        else:
            members = ", ".join(
                f"{name} = "
                + (
                    f'"{value}"'
                    if isinstance(value, str)
                    else "{" + ", ".join(f'"{a}" = "{b}"' for a, b in value.items()) + "}"
                )
                for name, value in origin.items()
            )
            lines.append(f"{field} = {{ {members} }}")
    path = tmp_path / "mapping.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    run("forest_plots", plots(tmp_path / "plots.gpkg"), "--mapping", path)
    assert len(stored()) == 3


def test_a_description_lists_fields_and_columns_and_proposes_a_mapping(db: None, tmp_path: Path) -> None:
    printed = run("forest_plots", plots(tmp_path / "plots.gpkg"), "--describe")
    proposal = json.loads(printed[printed.index("{\n") :])
    assert proposal == {"commune": "xa", "compartment": "tk", "sub_compartment": "khoanh", "plot": "lo"}
    assert "* owner_name" in printed and "lo_id" in printed


def test_a_layer_that_takes_no_files_is_refused_with_those_that_do(db: None, tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match="forest_plots, gauges, mining_concessions, rescue_assets, shelters, waste_dumps"
    ):
        run("storm_fixes", plots(tmp_path / "plots.gpkg"), "--describe")


def concessions(path: Path, shapes: list[Any] | None = None) -> Path:
    return write_vectors(
        path,
        shapes or [square(EAST, NORTH, 500)],
        {
            "licence_number": ["TEST/GP-1"], "holder": ["Công ty than"], "mineral": ["than"], "kind": ["khai_thac"],
            "method": ["lo_thien"], "status": ["hieu_luc"], "commune": ["Ba Chẽ"], "granted_on": ["01/02/2020"],
            "expires_on": ["2040-02-01"], "top_level_m": [40], "bottom_level_m": [-150],
            "licensed_area_ha": [25.0], "source": ["GP"],
        },
    )  # fmt: skip


def test_a_concession_gets_the_numbered_corners_of_its_polygon(db: None, tmp_path: Path) -> None:
    path = concessions(tmp_path / "mines.gpkg")
    printed = run("mining_concessions", path, "--describe")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(printed[printed.index("{\n") :], encoding="utf-8")
    for expected in [(1, 1, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0)]:
        run("mining_concessions", path, "--mapping", mapping)
        assert counts() == expected
    concession = Concession.objects.get(licence_number="TEST/GP-1")
    assert [corner.number for corner in concession.corners.order_by("number")] == [1, 2, 3, 4]
    assert concession.geom is not None and concession.geom.area == pytest.approx(250_000)
    run(
        "mining_concessions", concessions(tmp_path / "moved.gpkg", [square(EAST + 5, NORTH, 500)]), "--mapping", mapping
    )
    assert counts() == (1, 0, 1, 0, 0, 0) and concession.corners.count() == 4


def test_rescue_assets_come_from_a_table_of_coordinates_and_keep_what_they_report(db: None, tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text(
        "ma,ten,loai,xa,crew,lon,lat\nTEST-BOAT,Xuồng cao tốc,boat,06685,4,107.08,20.95\n", encoding="utf-8"
    )
    mapping = tmp_path / "mapping.json"
    fields = {"code": "ma", "name": "ten", "kind": "loai", "commune": "xa", "crew": "crew"}
    mapping.write_text(json.dumps(fields), encoding="utf-8")
    with pytest.raises(CommandError, match="--crs"):
        run("rescue_assets", path, "--mapping", mapping)
    run("rescue_assets", path, "--mapping", mapping, "--crs", "EPSG:4326")
    asset = RescueAsset.objects.get(code="TEST-BOAT")
    assert asset.position.coords == (107.08, 20.95) and (asset.crew, asset.status) == (4, "ready")
    move_asset(SERVICE, "TEST-BOAT", lon=107.2, lat=20.9, time=timezone.now(), source="test")
    run("rescue_assets", path, "--mapping", mapping, "--crs", "EPSG:4326")
    asset.refresh_from_db()
    assert counts() == (1, 0, 0, 1, 0, 0) and asset.position.coords == (107.2, 20.9)


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def mapped(path: Path, **fields: Any) -> Path:
    path.write_text(json.dumps(fields), encoding="utf-8")
    return path


def test_shelters_come_from_a_table_and_count_their_changes(db: None, tmp_path: Path) -> None:
    head, row = "ma,ten,loai,suc chua,lon,lat", "TEST-S1,Trường THCS Lê Lợi,Nhà tránh trú,400,107.08,20.955"
    kinds = {"Nhà tránh trú": "evacuation", "Khu neo đậu": "anchorage"}
    mapping = mapped(
        tmp_path / "mapping.json", code="ma", name="ten", kind={"column": "loai", "values": kinds}, capacity="suc chua",
        source={"value": "QĐ 100/2026"},
    )  # fmt: skip
    path = table(tmp_path / "shelters.csv", head, row)
    for expected in [(1, 1, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0)]:
        run("shelters", path, "--mapping", mapping, "--crs", "EPSG:4326")
        assert counts() == expected
    shelter = Shelter.objects.get(code="TEST-S1")
    assert (shelter.kind, shelter.capacity, shelter.version) == ("evacuation", 400, 1) and shelter.commune_id
    run("shelters", table(path, head, row.replace("400", "350")), "--mapping", mapping, "--crs", "EPSG:4326")
    shelter.refresh_from_db()
    assert counts() == (1, 0, 1, 0, 0, 0) and (shelter.capacity, shelter.version) == (350, 2)
    record = Record.objects.filter(target="shelter:TEST-S1").latest("at", "id")
    assert record.changes == {"capacity": [400, 350]} and record.commune == shelter.commune_id


def test_waste_dumps_name_their_licence_by_its_number(db: None, tmp_path: Path) -> None:
    licence = Concession.objects.order_by("pk")[0]
    columns: dict[str, list[Any]] = {
        "ma": ["TEST-D1", "TEST-D2"], "ten": ["Bãi thải Nam", "Bãi thải Bắc"], "trang_thai": ["dang_do"] * 2,
        "chieu_cao": ["120,5", "80"], "the_tich": [2_500_000, 900_000], "so_gp": [licence.licence_number, "GP-0/1900"],
        "xa": ["06970"] * 2, "nguon": ["Đo vẽ 2025"] * 2,
    }  # fmt: skip
    path = write_vectors(tmp_path / "dumps.gpkg", [square(EAST, NORTH, 300), square(EAST + 500, NORTH, 300)], columns)
    printed = run("waste_dumps", path, "--describe")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(printed[printed.index("{\n") :], encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        run("waste_dumps", path, "--mapping", mapping)
    assert any(" 2, concession: 'GP-0/1900'" in note for note in refusal.value.__notes__)
    for expected in [(2, 1, 0, 0, 0, 1), (2, 0, 0, 1, 0, 1)]:
        run("waste_dumps", path, "--mapping", mapping, "--skip-refused")
        assert counts() == expected
    dump = WasteDump.objects.get(code="TEST-D1")
    assert (dump.concession, str(dump.height_m), dump.geom.area) == (licence, "120.5", pytest.approx(90_000))


def test_stations_come_in_again_without_doubling_and_keep_their_readings(db: None, tmp_path: Path) -> None:
    station = Station.objects.filter(readings__isnull=False).first()
    assert station is not None
    readings = station.readings.count()
    rows = [f"{station.code},Tên mới,{station.kind},{station.commune_id},{station.position.x},{station.position.y}"]
    rows.append("TEST-R1,Trạm mưa Lê Lợi,rain,06970,107.2,21.2")
    path = table(tmp_path / "stations.csv", "ma_tram,ten_tram,loai_tram,ma_xa,lon,lat", *rows)
    fields = {"code": "ma_tram", "name": "ten_tram", "kind": "loai_tram", "commune": "ma_xa"}
    mapping = mapped(tmp_path / "mapping.json", **fields, source={"value": station.source})
    run("gauges", path, "--mapping", mapping, "--crs", "EPSG:4326")
    assert counts() == (2, 1, 1, 0, 0, 0)
    run("gauges", path, "--mapping", mapping, "--crs", "EPSG:4326")
    assert counts() == (2, 0, 0, 2, 0, 0)
    station.refresh_from_db()
    assert station.name == "Tên mới" and station.readings.count() == readings
