"""What a vector file claims of itself, checked against the file before anybody believes it.

A header that promises more than the file holds makes readers allocate what it promises, or read less than they
should and say nothing. Archives are unpacked here, by counted bytes, never by the sizes that they state.
"""

import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from gis.exchange.encodings import decoder
from gis.problems import BadParameter, Text

LARGEST_BYTES = 8 * 2**30
"""Of a vector file, and of everything in an archive."""
LARGEST_TREE_BYTES = 256 * 2**20
"""Of a KML, which its reader keeps whole in memory."""
LARGEST_RATIO = 200
"""Unpacked bytes for each packed one beyond which an archive is a bomb; vector files pack 2 to 20."""
HARMLESS_BYTES = 64 * 2**20
"""Unpacked, below which no archive is a bomb."""
MOST_MEMBERS = 1000
LARGEST_RECORD_BYTES = 64 * 2**20
"""Of one feature: 4 million vertices."""

SIDE_FILES = (".shx", ".dbf", ".prj", ".cpg")
EXPECTED = "GeoPackage (.gpkg), GeoJSON (.geojson), Shapefile (.shp), FlatGeobuf (.fgb), KML (.kml), CSV (.csv), .zip"


class Format(NamedTuple):
    """A format that is read: the one driver for it, its options, and the check of its header."""

    driver: str
    options: tuple[str, ...]
    check: Callable[[Path], None]


def refusal(detail: Text, expected: Text = EXPECTED) -> BadParameter:
    return BadParameter(detail, field="file", expected=expected)


def format_of(path: Path) -> Format:
    """The format of *path* by its ending. Raises `BadParameter` for none that is read."""
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise refusal(_("Files of this kind are not read: %s.") % path.name)
    return known


def require_file(path: Path) -> None:
    """Raise `BadParameter` unless *path* is a plain file on disk of a size that is read."""
    if not path.is_file() or str(path.resolve()).startswith("/vsi"):
        raise refusal(_("There is no such file: %s.") % path.name)
    size = path.stat().st_size
    if size == 0:
        raise refusal(_("The file is empty: %s.") % path.name)
    if size > LARGEST_BYTES:
        raise refusal(_("The file is larger than %d MiB.") % (LARGEST_BYTES // 2**20))


def unpacked(archive: Path, folder: Path) -> Path:
    """The one vector file in the zip *archive*, unpacked into *folder* with what belongs to it.

    Raises `BadParameter` for an archive that is cut, damaged, encrypted or a bomb, whose names leave the folder, or
    that holds no vector file or several.
    """
    try:
        with ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            _check_members(members, archive.stat().st_size)
            main = _main_member(members)
            stem = PurePosixPath(main.filename).with_suffix("").as_posix().lower()
            for member in members:
                if PurePosixPath(member.filename).with_suffix("").as_posix().lower() == stem:
                    _unpack(packed, member, folder / f"data{PurePosixPath(member.filename).suffix.lower()}")
    except (BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise refusal(_("The archive is cut or damaged: %s.") % archive.name, _("a whole .zip file")) from error
    return folder / f"data{PurePosixPath(main.filename).suffix.lower()}"


def _check_members(members: list[ZipInfo], packed_size: int) -> None:
    if len(members) > MOST_MEMBERS:
        raise refusal(_("The archive holds more than %d files.") % MOST_MEMBERS)
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if member.filename.startswith(("/", "\\")) or ".." in parts or any(":" in part for part in parts):
            raise refusal(_("A name in the archive leads out of it: %r.") % member.filename[:80])
        if member.flag_bits & 1:
            raise refusal(_("The archive is encrypted."), _("an archive without a password"))
    claimed = sum(member.file_size for member in members)
    if claimed > LARGEST_BYTES or claimed > max(HARMLESS_BYTES, LARGEST_RATIO * packed_size):
        told = _("The archive unpacks to %(claimed)d MiB from %(packed)d KiB.")
        figures = {"claimed": claimed // 2**20, "packed": packed_size // 1024}
        raise refusal(told % figures, _("at most %d times its size") % LARGEST_RATIO)


def _main_member(members: list[ZipInfo]) -> ZipInfo:
    found = [member for member in members if PurePosixPath(member.filename).suffix.lower() in FORMATS]
    if len(found) != 1:
        names = ", ".join(member.filename for member in found[:5]) or _("none")
        raise refusal(_("The archive holds not one vector file, but: %s.") % names)
    return found[0]


def _unpack(packed: ZipFile, member: ZipInfo, target: Path) -> None:
    """Unpack *member*, at most as many bytes as it states; `zipfile` checks its checksum."""
    left = member.file_size
    with packed.open(member) as source, target.open("wb") as sink:
        while block := source.read(min(left + 1, 2**20)):
            left -= len(block)
            if left < 0:
                raise BadZipFile(member.filename)
            sink.write(block)
    if left:
        raise BadZipFile(member.filename)


def _check_shapefile(path: Path) -> None:
    """The header of .shp, the index .shx and the table .dbf against the bytes that are there."""
    sides = {suffix: side_file(path, suffix) for suffix in SIDE_FILES}
    for suffix in (".shx", ".dbf"):
        if sides[suffix] is None:
            told = _("A Shapefile consists of several files; %s is missing.") % f"{path.stem}{suffix}"
            raise refusal(told, _(".shp, .shx, .dbf and .prj side by side, or all of them in one .zip"))
    for suffix, part in ((".shp", path), (".shx", sides[".shx"])):
        _check_shape_part(part, suffix)  # type: ignore[arg-type]
    _check_shapes(path, sides[".shx"])  # type: ignore[arg-type]
    _check_table(sides[".dbf"])  # type: ignore[arg-type]


def side_file(path: Path, suffix: str) -> Path | None:
    """The file beside *path* with another ending, in small or capital letters."""
    for ending in (suffix, suffix.upper()):
        if path.with_suffix(ending).is_file():
            return path.with_suffix(ending)
    return None


def _claims(part: str, claimed: int, there: int) -> BadParameter:
    told = _("%(part)s claims %(claimed)d bytes, and %(there)d are there: the file is cut or damaged.")
    return refusal(told % {"part": part, "claimed": claimed, "there": there}, _("a whole file"))


def _check_shape_part(part: Path, suffix: str) -> None:
    with part.open("rb") as source:
        header = source.read(100)
    if len(header) < 100 or struct.unpack(">i", header[:4]) != (9994,):
        raise refusal(_("This is no Shapefile: %s.") % part.name)
    claimed, there = struct.unpack(">I", header[24:28])[0] * 2, part.stat().st_size
    if claimed > there:
        raise _claims(suffix, claimed, there)


def _check_shapes(path: Path, index: Path) -> None:
    """Each record that the index tells of lies in the file."""
    size = path.stat().st_size
    with index.open("rb") as source:
        source.seek(100)
        while block := source.read(8 * 4096):
            for offset, length in struct.iter_unpack(">II", block[: len(block) // 8 * 8]):
                if offset * 2 + 8 + length * 2 > size:
                    raise _claims(".shp", offset * 2 + 8 + length * 2, size)
                if length * 2 > LARGEST_RECORD_BYTES:
                    raise refusal(_("A feature is larger than %d MiB.") % (LARGEST_RECORD_BYTES // 2**20))


def _check_table(table: Path) -> None:
    with table.open("rb") as source:
        header = source.read(32)
    if len(header) < 32:
        raise refusal(_("This is no table of a Shapefile: %s.") % table.name)
    rows, header_size, row_size = struct.unpack("<IHH", header[4:12])
    claimed, there = header_size + rows * row_size, table.stat().st_size
    if claimed > there or header_size < 33 or row_size < 1:
        raise _claims(".dbf", claimed, there)


def table_encoding(path: Path) -> str:
    """What the .cpg beside a Shapefile says; empty where there is none."""
    told = side_file(path, ".cpg")
    name = told.read_bytes()[:40].decode("ascii", "replace").strip() if told else ""
    try:
        decoder(name or "utf-8")
    except LookupError:
        return ""
    return name


def _check_geopackage(path: Path) -> None:
    with path.open("rb") as source:
        header = source.read(100)
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        raise refusal(_("This is no GeoPackage: %s.") % path.name)
    page_size = struct.unpack(">H", header[16:18])[0]
    claimed = struct.unpack(">I", header[28:32])[0] * (65536 if page_size == 1 else page_size)
    if claimed > path.stat().st_size:
        raise _claims("GeoPackage", claimed, path.stat().st_size)
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            queries = database.execute(
                "SELECT table_name FROM gpkg_contents JOIN sqlite_master ON lower(name) = lower(table_name)"
                " WHERE type <> 'table' AND data_type = 'features'"
            ).fetchall()
    except sqlite3.Error as error:
        raise refusal(_("The GeoPackage is cut or damaged: %s.") % path.name, _("a whole file")) from error
    if verdict != "ok":
        raise refusal(_("The GeoPackage is cut or damaged: %s.") % path.name, _("a whole file"))
    if queries:
        told = _("The layer %s is a query, which is not run here.") % queries[0][0]
        raise refusal(told, _("a layer that holds its features"))


def _check_flatgeobuf(path: Path) -> None:
    """The header's size, and that of every feature, against the file."""
    size = path.stat().st_size
    with path.open("rb") as source:
        start = source.read(12)
        if start[:3] != b"fgb" or len(start) < 12:
            raise refusal(_("This is no FlatGeobuf file: %s.") % path.name)
        header = struct.unpack("<I", start[8:12])[0]
        if header > min(size - 12, LARGEST_RECORD_BYTES):
            raise _claims("FlatGeobuf", header + 12, size)


def _check_geojson(path: Path) -> None:
    with path.open("rb") as source:
        start, source_end = source.read(4096), max(path.stat().st_size - 4096, 0)
        source.seek(source_end)
        end = source.read()
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise refusal(_("This is no GeoJSON: %s.") % path.name)
    if not end.rstrip(b"\0 \r\n\t").endswith(b"}"):
        raise refusal(_("The GeoJSON ends in the middle: the file is cut."), _("a whole file"))


def _check_kml(path: Path) -> None:
    if path.stat().st_size > LARGEST_TREE_BYTES:
        raise refusal(_("The file is larger than %d MiB.") % (LARGEST_TREE_BYTES // 2**20))
    with path.open("rb") as source:
        start = source.read(4096)
    if b"<kml" not in start or b"<!DOCTYPE" in start:
        raise refusal(_("This is no KML: %s.") % path.name)


def _check_csv(path: Path) -> None:
    with path.open("rb") as source:
        start = source.read(65536)
    if b"\0" in start:
        raise refusal(_("This is not a text file: %s.") % path.name)


CSV_OPTIONS = (
    "X_POSSIBLE_NAMES=lon,longitude,kinh_do,easting,east,x",
    "Y_POSSIBLE_NAMES=lat,latitude,vi_do,northing,north,y",
    "GEOM_POSSIBLE_NAMES=wkt,geom,geometry",
    "KEEP_GEOM_COLUMNS=YES",
    "AUTODETECT_TYPE=NO",
)

FORMATS = {
    ".gpkg": Format("GPKG", ("LIST_ALL_TABLES=NO", "IMMUTABLE=YES"), _check_geopackage),
    ".geojson": Format("GeoJSON", (), _check_geojson),
    ".json": Format("GeoJSON", (), _check_geojson),
    ".shp": Format("ESRI Shapefile", ("ENCODING=",), _check_shapefile),
    ".fgb": Format("FlatGeobuf", ("VERIFY_BUFFERS=YES",), _check_flatgeobuf),
    ".kml": Format("KML", (), _check_kml),
    ".csv": Format("CSV", CSV_OPTIONS, _check_csv),
}
