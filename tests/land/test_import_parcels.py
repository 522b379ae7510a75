"""`import_parcels`: the register of a commune from a vector file, sheet by sheet, on shared boundary points."""

import json
from collections.abc import Callable
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.utils import translation

from fixtures.province.outlines import outlines
from fixtures.province.parcels import sheets
from fixtures.province.sheets import Sheet
from gis.actions.models import Record
from gis.exchange.models import ImportRun
from gis.geometry.crs import LEGAL_SRID, transformer
from gis.places.models import CommuneOutline
from land.models import BoundaryPoint, Parcel
from support.vectors import square, write_vectors

HOME, AWAY = "06688", "06685"
MAPPING = {
    "sheet": "to", "number": "thua", "land_use": "mdsd", "legal_area_m2": "dien_tich", "identifier": "ma",
    "commune": "xa",
}  # fmt: skip
Run = Callable[..., str]


@pytest.fixture
def run(db: None, tmp_path: Path) -> Run:
    """`run(path, "--dry-run")`: what the command prints, in English; `CommandError` has the account in its notes."""

    def imported(path: Path, *options: str, officer: str = "land.halong", **fields: Any) -> str:
        mapping = tmp_path / "mapping.json"
        mapping.write_text(json.dumps(MAPPING | fields), encoding="utf-8")
        given = {"mapping": mapping, "commune": HOME, "officer": officer, "document": "BB bàn giao 12/2026"}
        words = [f"--{name}={value}" for name, value in given.items()]
        out, err = StringIO(), StringIO()
        try:
            with translation.override("en"):
                call_command(
                    "import_parcels", path, *words, "--valid-from=2025-07-01", *options, stdout=out, stderr=err
                )
        except CommandError as error:
            error.add_note(err.getvalue())
            raise
        return out.getvalue()

    return imported


def refused(run: Run, path: Path, *options: str, **more: Any) -> str:
    with pytest.raises(CommandError) as refusal:
        run(path, *options, **more)
    (account,) = refusal.value.__notes__
    return account


@pytest.fixture
def ground(db: None) -> tuple[float, float]:
    """East and north of a square of 600 m in the commune without any parcel."""
    outline = shapely.from_wkb(bytes(CommuneOutline.objects.get(commune=HOME, valid_to=None).geom.wkb))
    taken = [shapely.from_wkb(bytes(one.geom.wkb)) for one in Parcel.objects.current().filter(commune=HOME)]
    free = outline.difference(shapely.union_all(taken).envelope).buffer(-450)
    spot = free.representative_point()
    return round(spot.x, 0), round(spot.y, 0)


def lots(path: Path, shapes: list[Any], **changed: list[Any]) -> Path:
    count = len(shapes)
    columns: dict[str, list[Any]] = {
        "to": [901] * count,
        "thua": list(range(1, count + 1)),
        "mdsd": ["ODT"] * count,
        "dien_tich": [None if shape is None else round(float(shape.area), 1) for shape in shapes],
        "ma": [f"95{place:010d}" for place in range(count)],
        "xa": [HOME] * count,
    }
    return write_vectors(path, shapes, columns | changed)


def sheet(number: int = 901) -> list[Parcel]:
    return list(Parcel.objects.current().filter(commune=HOME, sheet=number).order_by("number"))


def counts() -> tuple[int, int, int, int, int]:
    last = ImportRun.objects.latest("at", "pk")
    return last.read, last.stored, last.unchanged, last.held, last.refused


@pytest.fixture(scope="module")
def drawn() -> list[Sheet]:
    """Two neighbouring sheets as the demo's generator draws them: irregular, with blocks and three-parcel nodes."""
    home = [outline for outline in outlines() if outline.code == HOME]
    return list(islice(sheets(home, 760, 7), 2))


def as_columns(drawn: list[Sheet], first: int = 901) -> dict[str, list[Any]]:
    return {
        "to": [first + place for place, one in enumerate(drawn) for _lot in one.rings],
        "thua": [number for one in drawn for number in one.numbers],
        "mdsd": [use for one in drawn for use in one.uses],
    }


def test_surveyed_sheets_come_back_to_the_square_millimetre_on_shared_points(
    run: Run, emptied: None, drawn: list[Sheet], tmp_path: Path
) -> None:
    shapes = [shape for one in drawn for shape in one.polygons]
    path = write_vectors(tmp_path / "sheets.gpkg", shapes, as_columns(drawn))
    plain = {"legal_area_m2": {"value": None}, "identifier": {"value": None}, "commune": {"value": HOME}}
    printed = run(path, **plain)
    stored = [*sheet(901), *sheet(902)]
    assert counts() == (len(shapes), len(shapes), 0, 0, 0) and "Sheets: 2 stored" in printed
    assert sorted(one.area_m2 for one in stored) == pytest.approx(sorted(shapely.area(shapes)), abs=1e-6)
    corners = {corner for one in stored for corner in one.ring if corner}
    places = np.unique(shapely.get_coordinates(shapes), axis=0)
    assert len(corners) == len(places) == BoundaryPoint.objects.filter(source="BB bàn giao 12/2026").count()
    assert "0 moved" in printed and "on: 0." in printed, "what is drawn well stays as it is"
    first, second = ({corner for one in sheet(number) for corner in one.ring} for number in (901, 902))
    assert len(first & second - {0}) > 2, "sheets side by side share the points of their frame"
    assert all(one.source == "BB bàn giao 12/2026" and len(one.identifier) == 12 for one in stored)
    records = Record.objects.filter(action="land.load_sheet", target__startswith=f"sheet:{HOME}/90")
    assert records.count() == 2 and {record.actor_name for record in records} == {"land.halong"}
    again = run(path, **plain)
    assert counts() == (len(shapes), 0, len(shapes), 0, 0) and "2 unchanged" in again
    assert len([*sheet(901), *sheet(902)]) == len(shapes)


@pytest.fixture
def emptied(db: None) -> None:
    """The commune without the parcels that the demo province has there: closed, as a register closes them."""
    Parcel.objects.current().filter(commune=HOME).update(recorded_to="2030-01-01T00:00Z")


def test_corners_that_were_drawn_twice_become_one_and_neighbours_get_their_nodes(
    run: Run, ground: tuple[float, float], tmp_path: Path
) -> None:
    east, north = ground
    long = shapely.Polygon([(east, north), (east + 60, north), (east + 60, north + 20), (east, north + 20)])
    left = shapely.Polygon(
        [(east, north + 20.004), (east + 30, north + 20.003), (east + 30, north + 50), (east, north + 50)]
    )
    right = shapely.Polygon(
        [(east + 30.006, north + 20), (east + 60, north + 20), (east + 60, north + 50), (east + 30, north + 50)]
    )
    printed = run(lots(tmp_path / "lots.gpkg", [long, left, right]))
    below, *above = sheet()
    shared = [set(below.ring) & set(one.ring) for one in above]
    assert [len(points) for points in shared] == [2, 2] and len(below.ring) == 5, (
        "the T-junction is a node of all three"
    )
    assert shapely.coverage_is_valid([shapely.from_wkb(bytes(one.geom.wkb)) for one in (below, *above)])
    assert "10 mm became one" in printed and "on: 1." in printed and "the farthest by" in printed


def test_a_pond_in_a_parcel_is_a_ring_of_its_own_corners(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    pond = shapely.Polygon([(ground[0] + x, ground[1] + y) for x, y in ((10, 10), (14, 30), (25, 22), (20, 12))])
    run(lots(tmp_path / "lots.gpkg", [square(*ground, 40).difference(pond), pond], mdsd=["CLN", "NTS"]))
    field, water = sheet()
    assert field.ring.count(0) == 1 and set(water.ring) < set(field.ring)
    assert (field.area_m2, water.area_m2) == (pytest.approx(1600 - pond.area), pytest.approx(pond.area))


def test_a_standing_neighbour_of_another_sheet_gets_the_node_and_a_new_version(
    run: Run, ground: tuple[float, float], tmp_path: Path
) -> None:
    east, north = ground
    run(lots(tmp_path / "one.gpkg", [square(east, north, 40)]))
    halves = [
        shapely.box(east + 40, north, east + 70, north + 15),
        shapely.box(east + 40, north + 15, east + 70, north + 40),
    ]
    more = lots(tmp_path / "two.gpkg", halves, to=[902] * 2, ma=["960000000001", "960000000002"])
    printed = run(more)
    (standing,) = sheet()
    assert (standing.version, len(standing.ring), standing.area_m2) == (2, 5, pytest.approx(1600))
    assert set(standing.ring) & set(sheet(902)[0].ring) and "new version: 1" in printed
    assert Record.objects.get(target="parcel:950000000000").changes == {"corners": [4, 5]}
    run(more)
    assert counts() == (2, 0, 2, 0, 0)
    run(lots(tmp_path / "one.gpkg", [square(east, north, 40)]))
    assert counts() == (1, 0, 1, 0, 0), "the node makes no other parcel of it"


def test_an_overlap_of_five_centimetres_keeps_its_sheet_out_and_no_other(
    run: Run, ground: tuple[float, float], tmp_path: Path
) -> None:
    east, north = ground
    shapes = [
        square(east, north, 20), square(east + 19.95, north, 20), square(east + 80, north, 20),
        square(east + 200, north, 20),
    ]  # fmt: skip
    account = refused(run, lots(tmp_path / "lots.gpkg", shapes, to=[901, 901, 901, 902]))
    assert "row 1, geometry: It overlaps row 2 by 1.0000 m², 50 mm wide" in account and "limit: 1 mm" in account
    assert counts() == (4, 1, 0, 1, 2) and "1 held back" in account
    assert sheet() == [] and len(sheet(902)) == 1
    assert BoundaryPoint.objects.filter(source="BB bàn giao 12/2026").count() == 4, "nothing is left of the other"


def test_overlaps_with_standing_parcels_gaps_and_doubled_land_are_told_with_figures(
    run: Run, ground: tuple[float, float], tmp_path: Path
) -> None:
    east, north = ground
    run(lots(tmp_path / "one.gpkg", [square(east, north, 20)]))
    over = [square(east + 19, north, 20), square(east + 100, north, 20), square(east + 120.04, north, 20)]
    over += [square(east + 200, north, 20), square(east + 200, north, 20)]
    names = [f"97{place:010d}" for place in range(5)]
    account = refused(run, lots(tmp_path / "two.gpkg", over, to=[902, 903, 903, 904, 904], ma=names))
    assert f"row 1, geometry: It overlaps the standing parcel 950000000000 ({HOME} 901/1) by 20.0000 m²" in account
    assert "row 2, geometry: A gap of up to 40 mm lies beside the parcel (narrowest that is none: 100 mm)" in account
    assert "row 4, geometry: The same land is that of row 5" in account
    assert counts() == (5, 0, 0, 0, 5)
    run(lots(tmp_path / "two.gpkg", over[1:3], to=[903] * 2, ma=names[:2]), "--gap-mm=30")
    assert len(sheet(903)) == 2, "whoever says so may keep the strip"


def test_a_wrong_meridian_is_told_with_the_one_that_fits(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    east, north = ground
    to_other = transformer(LEGAL_SRID, 5898)
    shape = shapely.transform(square(east, north, 20), lambda c: np.column_stack(to_other.transform(c[:, 0], c[:, 1])))
    path = lots(tmp_path / "lots.gpkg", [shape])
    account = refused(run, path)
    assert "km from its commune (limit: 2.0 km)" in account and "--crs EPSG:5898" in account
    run(path, "--crs=EPSG:5898")
    assert sheet()[0].area_m2 == pytest.approx(400, abs=0.1)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"mdsd": ["ODT", "XYZ", "ODT"]}, "row 2, land_use: 'XYZ' is none of the codes"),
        ({"ma": ["950000000000", "950000000001", "1"]}, "row 3, identifier: '1' is no identifier of twelve digits"),
        ({"ma": ["950000000000", "950000000000", None]}, "row 2, identifier: 950000000000 stands in row 1 already"),
        ({"thua": [1, 0, 3]}, "row 2, number: 0 is no number on a sheet"),
        ({"thua": [1, None, 3]}, "row 2, number: A value is missing"),
        ({"to": [901, None, 901]}, "row 2, sheet: A value is missing"),
        ({"dien_tich": [400.0, -1.0, 400.0]}, "row 2, legal_area_m2: -1.0 m² is no legal area"),
    ],
)
def test_values_that_do_not_fit_are_refused_by_their_row(
    run: Run, ground: tuple[float, float], tmp_path: Path, changed: dict[str, list[Any]], told: str
) -> None:
    east, north = ground
    shapes = [square(east + place * 20, north, 20) for place in range(3)]
    assert told in refused(run, lots(tmp_path / "lots.gpkg", shapes, **changed))
    read, stored, _unchanged, held, out = counts()
    assert (read, stored, held + out) == (3, 0, 3) and sheet() == []


def test_an_identifier_of_another_parcel_is_refused(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    east, north = ground
    known = Parcel.objects.current()[0]
    account = refused(run, lots(tmp_path / "lots.gpkg", [square(east, north)], ma=[known.identifier]))
    assert f"{known.identifier} is the identifier of another parcel: {known.commune_id}" in account


def test_a_sheet_that_stands_otherwise_is_not_touched(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    east, north = ground
    run(lots(tmp_path / "lots.gpkg", [square(east, north, 20), square(east + 20, north, 20)]))
    moved = lots(tmp_path / "moved.gpkg", [square(east, north, 20), square(east + 20, north, 19)])
    assert "row 2, sheet: The sheet stands in the register" in refused(run, moved)
    other = lots(tmp_path / "other.gpkg", [square(east, north, 20), square(east + 20, north, 20)], mdsd=["ODT", "CLN"])
    assert "row 2, number: In the register this parcel is 2, ODT, 400.0 m²" in refused(run, other)
    assert [one.version for one in sheet()] == [1, 1]


def test_only_an_officer_of_the_commune_loads_it(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    path = lots(tmp_path / "lots.gpkg", [square(*ground)])
    for officer, told in [("land.mongcai", "roles"), ("viewer", "roles"), ("nobody", "no account")]:
        with pytest.raises(CommandError, match=told):
            run(path, officer=officer)
    with pytest.raises(CommandError, match="document"):
        run(path, "--document= ")
    assert sheet() == []


def test_parcels_of_other_communes_are_counted_and_left(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    east, north = ground
    path = lots(tmp_path / "lots.gpkg", [square(east, north, 20), square(east + 500, north, 20)], xa=[HOME, AWAY])
    assert f"1 rows skipped: parcels of the commune {AWAY}" in run(path)
    assert len(sheet()) == 1 and ImportRun.objects.latest("at", "pk").skipped == 1


def test_a_dry_run_tells_the_same_and_stores_nothing(run: Run, ground: tuple[float, float], tmp_path: Path) -> None:
    before = ImportRun.objects.count()
    printed = run(lots(tmp_path / "lots.gpkg", [square(*ground)]), "--dry-run")
    assert "1 stored" in printed and sheet() == [] and ImportRun.objects.count() == before


def test_a_description_proposes_a_mapping_by_the_usual_names(
    run: Run, ground: tuple[float, float], tmp_path: Path
) -> None:
    printed = run(lots(tmp_path / "lots.gpkg", [square(*ground)]), "--describe")
    proposal = json.loads(printed[printed.index("{\n") :])
    assert proposal == {
        "sheet": "to",
        "number": "thua",
        "land_use": "mdsd",
        "legal_area_m2": "dien_tich",
        "commune": "xa",
    }
    assert "  * sheet" in printed and "    identifier" in printed
