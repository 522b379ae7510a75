"""Vector files that lie, break off or mean something else: refused with a word on what is wrong, and never mended."""

import json
import resource
import sqlite3
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import shapely
from django.utils import translation

from gis.exchange.encodings import decoder, misread
from gis.exchange.vectors import Feature, Reading, open_vectors
from gis.geometry.crs import CHECK_POINT, transformer
from gis.problems import BadParameter
from support.vectors import square, write_vectors

EAST, NORTH = 430_000, 2_330_000
VIETNAMESE = "Phường Hồng Gai, đảo Cái Bầu"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(path: Path, target: int = 5899, **reading: Any) -> list[Feature]:
    with open_vectors(path, target, Reading(**reading)) as source:
        return [feature for batch in source.batches(2) for feature in batch]


def refusal_of(path: Path, **reading: Any) -> str:
    with pytest.raises(BadParameter) as refusal:
        read(path, **reading)
    assert str(path.parent) not in str(refusal.value), "no path of the machine is told"
    return str(refusal.value)


def reasons(path: Path, **reading: Any) -> list[str]:
    return ["; ".join(f"{field}: {reason}" for field, reason in one.faults) for one in read(path, **reading)]


def squares(path: Path, count: int = 5, **options: Any) -> Path:
    shapes = [square(EAST + 200 * place, NORTH) for place in range(count)]
    return write_vectors(path, shapes, {"name": [VIETNAMESE] * count}, **options)


def patched(path: Path, offset: int, raw: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[offset : offset + len(raw)] = raw
    path.write_bytes(content)
    return path


def zipped(folder: Path, *parts: Path, name: str = "parts.zip") -> Path:
    with ZipFile(folder / name, "w", ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"a folder/{part.name}")
    return folder / name


def shapefile_parts(path: Path) -> list[Path]:
    return sorted(part for part in path.parent.iterdir() if part.stem == path.stem and part != path.with_suffix(".zip"))


# Whole files


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".fgb", ".kml"])
def test_a_whole_file_is_read_as_it_is(tmp_path: Path, ending: str) -> None:
    in_degrees = {"crs": "EPSG:4326"} if ending == ".kml" else {}
    path = tmp_path / f"squares{ending}"
    if ending == ".kml":
        shapes = [shapely.box(107.0, 21.0, 107.01, 21.01)] * 5
        write_vectors(path, shapes, {"Name": [VIETNAMESE] * 5}, **in_degrees)
    else:
        squares(path)
    features = read(path)
    assert [feature.number for feature in features] == [1, 2, 3, 4, 5]
    assert all(feature.faults == [] and VIETNAMESE in feature.values.values() for feature in features)


def test_a_shapefile_comes_zipped(tmp_path: Path) -> None:
    archive = zipped(tmp_path, *shapefile_parts(squares(tmp_path / "squares.shp")))
    assert len(read(archive)) == 5


@pytest.mark.filterwarnings("ignore:Layer 'high'")
def test_heights_are_left_out_and_told(tmp_path: Path) -> None:
    path = write_vectors(tmp_path / "high.gpkg", [shapely.force_3d(square(EAST, NORTH), 7.0)], {"name": ["x"]})
    with open_vectors(path, 5899) as source:
        ((feature,),) = source.batches()
        assert not feature.shape.has_z and any("1" in note for note in source.told_notes())


# What a file claims


@pytest.mark.parametrize(
    ("ending", "part", "offset", "claim"),
    [
        (".shp", ".dbf", 4, struct.pack("<I", 0x7FFFFFFF)),
        (".shp", ".shp", 24, struct.pack(">I", 0x3FFFFFFF)),
        (".shp", ".shx", 104, struct.pack(">I", 0x3FFFFFFF)),
        (".gpkg", ".gpkg", 28, struct.pack(">I", 524_288)),
        (".fgb", ".fgb", 8, struct.pack("<I", 0x7FFFFFF0)),
    ],
    ids=["rows of a table", "length of a Shapefile", "one shape", "pages of a GeoPackage", "header of a FlatGeobuf"],
)
def test_two_gigabytes_in_a_header_are_not_believed(
    tmp_path: Path, ending: str, part: str, offset: int, claim: bytes
) -> None:
    path = squares(tmp_path / f"squares{ending}")
    patched(path.with_suffix(part), offset, claim)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "claims" in refusal_of(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "nothing was allocated for it"


def test_a_geometry_that_claims_gigabytes_of_points_is_refused(tmp_path: Path) -> None:
    path = squares(tmp_path / "squares.gpkg")
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        ((rowid, blob),) = database.execute("SELECT rowid, geom FROM squares LIMIT 1").fetchall()
        place = blob.index(struct.pack("<II", 1, 5)) + 4
        database.execute(
            "UPDATE squares SET geom = ? WHERE rowid = ?",
            [blob[:place] + struct.pack("<I", 0x07FFFFFF) + blob[place + 4 :], rowid],
        )
        database.commit()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(BadParameter):
        assert any(reasons(path))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".shp", ".fgb", ".zip"])
@pytest.mark.parametrize("left", [0.1, 0.5, 0.9, 0.995])
def test_a_file_that_was_cut_is_never_read_as_if_it_were_whole(tmp_path: Path, ending: str, left: float) -> None:
    path = squares(tmp_path / f"squares{ending.replace('.zip', '.shp')}", count=400)
    if ending == ".zip":
        path = zipped(tmp_path, *shapefile_parts(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])
    refusal_of(path)


def test_a_shapefile_without_its_table_is_told_what_is_missing(tmp_path: Path) -> None:
    path = squares(tmp_path / "squares.shp")
    path.with_suffix(".dbf").unlink()
    assert "squares.dbf" in refusal_of(path)


# Archives


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("bomb.geojson", b"0" * (100 * 2**20))
    assert "unpacks to 100 MiB" in refusal_of(tmp_path / "bomb.zip")


def test_an_archive_that_states_too_small_a_size_is_unpacked_no_further(tmp_path: Path) -> None:
    path = zipped(tmp_path, squares(tmp_path / "squares.geojson", count=200))
    content = path.read_bytes()
    stated = struct.pack("<I", (tmp_path / "squares.geojson").stat().st_size)
    path.write_bytes(content.replace(stated, struct.pack("<I", 64)))
    assert "damaged" in refusal_of(path)


@pytest.mark.parametrize("name", ["../../evil.geojson", "/etc/evil.geojson", "..\\evil.geojson", "C:\\evil.geojson"])
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    with ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, "{}")
    assert "leads out" in refusal_of(tmp_path / "evil.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["evil.zip"]


def test_an_archive_holds_one_vector_file(tmp_path: Path) -> None:
    both = zipped(tmp_path, squares(tmp_path / "one.gpkg"), squares(tmp_path / "two.gpkg"))
    assert "one.gpkg" in refusal_of(both)


# Texts


def with_table(path: Path, encoding: bytes) -> Path:
    """A Shapefile whose table has the bytes *encoding* as its first name, and no .cpg."""
    squares(path, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    table = path.with_suffix(".dbf")
    first = int.from_bytes(table.read_bytes()[8:10], "little") + 1
    patched(table, first, encoding.ljust(len(VIETNAMESE.encode())))
    return path


TCVN3 = "Ph­êng Hång Gai"
"""Phường Hồng Gai in TCVN3, read as Latin-1."""


def test_a_table_in_tcvn3_is_noticed_and_read_where_it_is_named(tmp_path: Path) -> None:
    path = with_table(tmp_path / "old.shp", TCVN3.encode("latin-1"))
    first, *others = reasons(path)
    assert first.startswith("name: ") and "--encoding" in first and not any(others)
    with_table(tmp_path / "old.shp", TCVN3.encode("latin-1"))
    feature, *_others = read(path, encoding="tcvn3")[:1]
    assert feature.values["name"] == "Phường Hồng Gai"


@pytest.mark.parametrize("encoding", ["cp1258", "utf-8"])
def test_other_encodings_are_read_as_they_are_named(tmp_path: Path, encoding: str) -> None:
    # Windows-1258 writes some tones as signs of their own
    raw = "Thị xã Đông Triều".encode(encoding) if encoding == "utf-8" else b"Th\xf2 xa\xde \xd0\xf4ng Tri\xea\xccu"
    path = with_table(tmp_path / "old.shp", raw)
    name = read(path, encoding=encoding)[0].values["name"]
    assert name is not None and name.endswith("Đông Triều")


@pytest.mark.parametrize(
    "text", ["Háº¡ Long", "Quáº£ng Ninh", "H¹ Long", "Qu¶ng Ninh", "H� Long", "Thá»‹ xÃ£"], ids=range(6)
)
def test_words_that_were_read_wrongly_are_noticed(tmp_path: Path, text: str) -> None:
    path = write_vectors(tmp_path / "broken.gpkg", [square(EAST, NORTH)], {"name": [text]})
    assert "encoding" in reasons(path)[0]


@pytest.mark.parametrize(
    "text",
    [
        VIETNAMESE,
        "Đầm Hà",
        "Công ty cổ phần – 25 m², 30°C",
        "Than® «Núi Béo»",
        "Ðông Triều",
        "Ư Ơ ý ỹ",
        "Москва",
        "100% “tốt”",
    ],
)
def test_good_words_are_left_alone(text: str) -> None:
    assert not misread(text)


def test_tcvn3_is_read_letter_by_letter() -> None:
    assert decoder("TCVN3")("§«ng TriÒu, C« T«".encode("latin-1")) == "Đông Triều, Cô Tô"


# Places


def test_a_file_without_a_reference_system_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    path = squares(tmp_path / "squares.shp")
    path.with_suffix(".prj").unlink()
    assert "--crs" in refusal_of(path)
    assert not any(reasons(path, crs="EPSG:5899"))
    assert "EPSG:999999" in refusal_of(path, crs="EPSG:999999")
    assert "crs" in refusal_of(path, crs="/etc/passwd")


def test_swapped_axes_are_told_and_swapped_only_where_it_is_said(tmp_path: Path) -> None:
    path = write_vectors(tmp_path / "swapped.gpkg", [square(NORTH, EAST)], {"name": ["x"]})
    assert "axes are swapped" in reasons(path)[0]
    (feature,) = read(path, swap_axes=True)
    assert not feature.faults and shapely.bounds(feature.shape).tolist()[:2] == [EAST, NORTH]


def test_latitude_before_longitude_is_told(tmp_path: Path) -> None:
    path = write_vectors(tmp_path / "x.geojson", [shapely.Point(20.95, 107.08)], {"name": ["x"]}, crs="EPSG:4326")
    assert "axes are swapped" in reasons(path)[0]


def test_what_lies_elsewhere_is_refused_with_its_place(tmp_path: Path) -> None:
    path = write_vectors(tmp_path / "hanoi.geojson", [shapely.Point(105.85, 21.03)], {"name": ["x"]}, crs="EPSG:4326")
    assert "outside the province: 105.85, 21.03" in reasons(path)[0]


def test_the_datum_operation_is_the_pinned_one_also_for_systems_without_a_code(tmp_path: Path) -> None:
    """A hand-written .prj of VN-2000 in UTM zone 48 N, as survey offices deliver, with parameters of its own."""
    legal = (CHECK_POINT.easting, CHECK_POINT.northing)
    x, y = transformer(5899, 3405).transform(*legal)
    path = write_vectors(tmp_path / "point.shp", [shapely.Point(x, y)], {"name": ["x"]}, crs="EPSG:3405")
    path.with_suffix(".prj").write_text(
        'PROJCS["VN2000 mui 48",GEOGCS["VN2000",DATUM["VN_2000",SPHEROID["WGS_1984",6378137.0,298.257223563],'
        'TOWGS84[1,2,3,0,0,0,0]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        'PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],'
        'UNIT["Meter",1.0]]'
    )
    (feature,) = read(path)
    assert (feature.shape.x, feature.shape.y) == pytest.approx(legal, abs=0.001)
    (feature,) = read(path, target=4326)
    assert (feature.shape.x, feature.shape.y) == pytest.approx((CHECK_POINT.lon, CHECK_POINT.lat), abs=2e-8)


# Shapes


def test_a_shape_that_meets_itself_is_refused_with_the_place_and_not_mended(tmp_path: Path) -> None:
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
    path = write_vectors(tmp_path / "bow.gpkg", [bow, square(EAST, NORTH)], {"name": ["x", "y"]})
    first, second = reasons(path)
    assert "Self-intersection[430005 2330005]" in first and not second


@pytest.mark.filterwarnings("ignore:invalid value")
def test_nothing_empty_and_no_number_is_no_shape(tmp_path: Path) -> None:
    shapes = [None, shapely.Polygon(), square(EAST, NORTH)]
    path = write_vectors(tmp_path / "empty.gpkg", shapes, {"name": ["a", "b", "c"]})
    assert ["no geometry" in reason for reason in reasons(path)] == [True, True, False]
    path = write_vectors(
        tmp_path / "nan.gpkg", [shapely.LineString([(EAST, NORTH), (EAST, float("nan"))])], {"n": ["a"]}
    )
    assert "not a number" in reasons(path)[0]


def test_a_curve_is_refused(tmp_path: Path) -> None:
    path = squares(tmp_path / "curve.gpkg", count=1)
    curve = struct.pack("<BII", 1, 8, 3) + struct.pack("<6d", EAST, NORTH, EAST + 1, NORTH + 1, EAST + 2, NORTH)
    with closing(sqlite3.connect(path)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        header = b"GP\0\1" + struct.pack("<i", 5899)
        database.execute("UPDATE curve SET geom = ?", [header + curve])
        database.commit()
    assert "Curves" in reasons(path)[0]


# Tricks


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """The address of a server of this machine, and what it was asked."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_no_file_makes_the_reader_ask_another_machine(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [107, 21]}}
    tricks = {
        "link.geojson": {"type": "link", "properties": {"href": f"{address}/link"}},
        "url.geojson": {"type": "url", "properties": {"url": f"{address}/url"}},
        "name.geojson": {"type": "name", "properties": {"name": f"{address}/name"}},
    }
    for name, crs in tricks.items():
        document = {"type": "FeatureCollection", "crs": crs, "features": [point]}
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    origin = f"<SrcDataSource>/vsicurl/{address}/x.csv</SrcDataSource>"
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='x'>{origin}</OGRVRTLayer></OGRVRTDataSource>"
    for ending in ("geojson", "csv", "kml", "gpkg", "shp", "fgb"):
        (tmp_path / f"vrt.{ending}").write_text(vrt, encoding="utf-8")
    service = {"type": "FeatureCollection", "features": [], "url": address, "serviceType": "FeatureServer"}
    (tmp_path / "service.json").write_text(json.dumps(service), encoding="utf-8")
    for path in sorted(tmp_path.iterdir()):
        try:
            read(path)
        except BadParameter:
            continue
    for name in (f"/vsicurl/{address}/x.geojson", f"{address}/x.geojson", f"/vsizip/{address}/x.zip/x.geojson"):
        with pytest.raises(BadParameter, match="no such file"):
            read(Path(name))
    assert asked == []


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "picture.tif").write_bytes(b"II*\0")
    assert "no such file" in refusal_of(tmp_path / "absent.gpkg")
    assert "no such file" in refusal_of(tmp_path / "folder.gpkg")
    assert "empty" in refusal_of(tmp_path / "empty.gpkg")
    assert ".gpkg" in refusal_of(tmp_path / "picture.tif"), "what is read is told"


def test_a_layer_that_is_a_query_is_not_run(tmp_path: Path) -> None:
    path = squares(tmp_path / "squares.gpkg")
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE VIEW sly AS SELECT * FROM squares")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " SELECT 'sly', data_type, 'sly', srs_id FROM gpkg_contents WHERE table_name = 'squares'"
        )
        database.commit()
    assert "query" in refusal_of(path)


def test_a_file_with_several_layers_wants_one_named(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    squares(path, layer="one")
    squares(path, layer="other", append=True)
    assert "one, other" in refusal_of(path)
    assert len(read(path, layer="other")) == 5
