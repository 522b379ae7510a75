"""Vector files read as a stream: every feature decoded, in the wanted reference system, or with its fault told.

Nothing is repaired: a feature that is not as it should be is handed on with the reason. Memory holds one batch.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.exchange.containers import format_of, refusal, require_file, table_encoding, unpacked
from gis.exchange.encodings import Decoder, decoder, misread
from gis.exchange.gdal import BrokenFile, Layer, RawFeature, layers_of
from gis.geometry.crs import LEGAL_SRID, PROVINCE_BOX, mapping, transformer
from gis.problems import BadParameter

BATCH = 1000
"""Features that are in memory at a time."""
MOST_COMPLEX_PLAIN_TYPE = 7
"""GeometryCollection in WKB; the types beyond it are curves and meshes."""
GEOMETRY = "geometry"
"""Field of faults that are the geometry's."""
LINE = "line"
"""Field of faults of a row as a whole."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read, where it does not say so itself."""

    crs: str = ""
    """Reference system, as `EPSG:5899`; goes before what the file says."""
    encoding: str = ""
    layer: str = ""
    """Name of the layer, where the file has several."""
    swap_axes: bool = False
    """Coordinates stand north before east."""


PLAIN = Reading()
"""As the file says."""


@dataclass(frozen=True)
class Feature:
    """A feature: texts by column, shape in the wanted system without Z and M; *faults*: (field, reason)."""

    number: int
    """From 1, in the order of the file."""
    values: dict[str, str | None]
    shape: Any
    faults: list[tuple[str, str]]


@dataclass
class VectorFile:
    """An open vector file. *notes* fill while it is read: what was done to features beside moving them."""

    name: str
    digest: str
    """SHA-256."""
    columns: list[str]
    count: int
    """Features that the file claims."""
    crs_name: str
    layer: Layer
    decode: Decoder
    placing: "Placing"
    notes: Counter[str] = field(default_factory=Counter)

    def batches(self, size: int = BATCH) -> Iterator[list[Feature]]:
        """All features. Raises `BadParameter` where the file breaks off or contradicts itself."""
        number = 1
        try:
            for batch in self.layer.batches(size):
                yield self._features(batch, number)
                number += len(batch)
        except BrokenFile as error:
            raise refusal(_("The file cannot be read beyond feature %d.") % (number - 1), _("a whole file")) from error
        if number - 1 < self.count:
            told = _("The file claims %(claimed)d features, and %(there)d are there.")
            raise refusal(told % {"claimed": self.count, "there": number - 1}, _("a whole file"))

    def told_notes(self) -> Iterator[str]:
        """What was done to features beside moving them, for people."""
        if self.notes["z"]:
            yield _("Heights or measures of %d geometries were left out.") % self.notes["z"]

    def _features(self, batch: list[RawFeature], first: int) -> list[Feature]:
        shapes, reasons = self.placing.placed([raw.wkb for raw in batch], self.notes)
        features = []
        for place, raw in enumerate(batch):
            values, faults = self._decoded(raw.values)
            if reasons[place]:
                faults.append((GEOMETRY, reasons[place]))
            features.append(Feature(first + place, values, shapes[place], faults))
        return features

    def _decoded(self, raw: list[bytes | None]) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
        values: dict[str, str | None] = {}
        faults = []
        for column, value in zip(self.columns, raw, strict=True):
            try:
                text = None if value is None else self.decode(value).strip()
            except UnicodeDecodeError:
                faults.append((column, _("The text is not in the expected encoding; name it with --encoding.")))
                text = None
            if text and misread(text):
                told = _("The text was read in a wrong encoding: %r. TCVN3, Windows-1258 and others: --encoding.")
                faults.append((column, told % text[:60]))
            values[column] = text
        return values, faults


class Placing:
    """From the file's coordinates to the wanted reference system, with a word for what does not belong there."""

    def __init__(self, source: CRS, target: int, *, swapped: bool) -> None:
        self._target = target
        self._map = mapping(source, target)
        self._swapped = swapped
        west, south, east, north = PROVINCE_BOX
        if target != LEGAL_SRID:
            west, south, east, north = transformer(LEGAL_SRID, target).transform_bounds(west, south, east, north)
        self._box = (west, south, east, north)

    def placed(self, wkbs: list[bytes | None], notes: Counter[str]) -> tuple[NDArray[Any], list[str]]:
        """Shapes, and for each the reason why it is not usable ("" where it is)."""
        raw = _shapes(wkbs)
        flat = shapely.force_2d(raw)
        notes["z"] += int((shapely.has_z(raw) | shapely.has_m(raw)).sum())
        x, y = _axes(flat, swapped=self._swapped)
        shapes = _with_axes(flat, *self._map(x, y))
        reasons = [self._reason(wkbs[place], flat[place], shapes[place]) for place in range(len(wkbs))]
        return shapes, reasons

    def _reason(self, wkb: bytes | None, original: Any, shape: Any) -> str:
        if wkb is None or (shape is not None and shapely.is_empty(shape)):
            return _("There is no geometry.")
        if shape is None:
            return _("Curves are not read; make lines of them first.")
        if not np.isfinite(shapely.get_coordinates(original)).all():
            return _("A coordinate is not a number.")
        if not _inside(shape, self._box):
            return self._elsewhere(original)
        if not shapely.is_valid(shape):
            return _("The geometry is not valid: %s.") % str(shapely.is_valid_reason(shape))
        return ""

    def _elsewhere(self, original: Any) -> str:
        x, y = _axes(np.array([original], dtype=object), swapped=self._swapped)
        other = _with_axes(np.array([original], dtype=object), *self._map(y, x))[0]
        place = f"{x[0]:.6g}, {y[0]:.6g}"
        if _inside(other, self._box):
            told = _("The axes are swapped: %s is north before east. East first is expected; or use --swap-axes.")
            return told % place
        return _("The geometry lies outside the province: %s. Is the reference system right?") % place


def _shapes(wkbs: list[bytes | None]) -> NDArray[Any]:
    """Shapes of *wkbs*; None where there is none, or one that shapely does not know."""
    plain = [wkb if wkb is not None and _is_plain(wkb) else None for wkb in wkbs]
    try:
        return np.asarray(shapely.from_wkb(np.array(plain, dtype=object), on_invalid="ignore"))
    except NotImplementedError:  # a curve within a collection
        return np.array([None if wkb is None else _shape(wkb) for wkb in plain], dtype=object)


def _shape(wkb: bytes) -> Any:
    try:
        return shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:
        return None


def _is_plain(wkb: bytes) -> bool:
    """Whether the type of little-endian ISO *wkb* is one of point … geometry collection, not a curve or mesh."""
    return int.from_bytes(wkb[1:5], "little") % 1000 <= MOST_COMPLEX_PLAIN_TYPE


def _axes(shapes: NDArray[Any], *, swapped: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    coordinates = shapely.get_coordinates(shapes)
    x, y = coordinates[:, 0], coordinates[:, 1]
    return (y, x) if swapped else (x, y)


def _with_axes(shapes: NDArray[Any], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[Any]:
    moved: NDArray[Any] = shapely.set_coordinates(shapes.copy(), np.column_stack([x, y]))
    return moved


def _inside(shape: Any, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = shapely.bounds(shape)
    return bool(west >= box[0] and south >= box[1] and east <= box[2] and north <= box[3])


@contextmanager
def open_vectors(path: Path, target: int, reading: Reading = PLAIN) -> Iterator[VectorFile]:
    """The vector file *path*, its features in the reference system *target* (EPSG code).

    Raises `BadParameter` for what is no vector file of a known kind, cut, damaged, without a reference system, or not
    what *reading* says.
    """
    require_file(path)
    with ExitStack() as stack:
        plain = path
        if path.suffix.lower() == ".zip":
            plain = unpacked(path, Path(stack.enter_context(TemporaryDirectory(prefix="halong-"))))
        kind = format_of(plain)
        kind.check(plain)
        try:
            layers = stack.enter_context(layers_of(plain, kind.driver, *kind.options))
            layer = _chosen(layers, reading.layer)
            wkt, count = layer.crs_wkt(), layer.count()
        except BrokenFile as error:
            raise refusal(_("The file is cut or damaged: %s.") % path.name, _("a whole file")) from error
        decode = _decoder(plain, reading)
        yield VectorFile(
            name=path.name,
            digest=_digest(path),
            columns=_columns(layer, decode),
            count=count,
            crs_name=(source := _crs(wkt, reading, path)).name,
            layer=layer,
            decode=decode,
            placing=Placing(source, target, swapped=reading.swap_axes),
        )


def _chosen(layers: list[Layer], name: str) -> Layer:
    names = [layer.name for layer in layers]
    if name not in names and (name or len(layers) != 1):
        detail = (
            _("The file has no layer of this name.")
            if name
            else _("The file has not one layer; name it: --file-layer.")
        )
        raise BadParameter(detail, field="layer", expected=", ".join(names[:20]) or None)
    return layers[names.index(name) if name else 0]


def _decoder(path: Path, reading: Reading) -> Decoder:
    name = reading.encoding or (table_encoding(path) if path.suffix.lower() == ".shp" else "") or "utf-8"
    try:
        return decoder(name)
    except LookupError as error:
        known = "utf-8, cp1258, cp1252, tcvn3"
        raise BadParameter(_("There is no encoding %s.") % name, field="encoding", expected=known) from error


def _columns(layer: Layer, decode: Decoder) -> list[str]:
    try:
        return [decode(name) for name in layer.field_names]
    except UnicodeDecodeError as error:
        told = _("Names of columns are not in the expected encoding.")
        raise BadParameter(told, field="encoding", expected="utf-8, cp1258, cp1252, tcvn3") from error


def _crs(wkt: str, reading: Reading, path: Path) -> CRS:
    if not (reading.crs or wkt):
        told = _("The file does not say which reference system its coordinates are in (no .prj): %s.") % path.name
        raise BadParameter(told, field="crs", expected=_("a .prj file beside it, or --crs EPSG:5899"))
    if reading.crs and not reading.crs.upper().startswith("EPSG:"):
        raise BadParameter(_("There is no reference system %s.") % reading.crs, field="crs", expected="EPSG:5899")
    try:
        return CRS.from_user_input(reading.crs or wkt)
    except CRSError as error:
        told = _("The reference system is not known: %s.") % (reading.crs or path.name)
        raise BadParameter(told, field="crs", expected=_("a code, as --crs EPSG:5899")) from error


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
