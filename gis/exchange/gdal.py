"""The few functions of GDAL that reading vector files takes: one driver, no network, no complaint lost.

GeoDjango's own reader tries every driver on a file, some of which ask other machines, and ends silently where a
file breaks off. Here the caller names the driver, and whatever GDAL complains of while it reads is an error.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_int,
    c_int64,
    c_size_t,
    c_void_p,
    create_string_buffer,
    sizeof,
    string_at,
)
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.gis.gdal.libgdal import function

VECTOR_READ_ONLY_STRICT = 0x04 | 0x40
"""GDAL_OF_VECTOR with GDAL_OF_VERBOSE_ERROR."""
FAILURE = 3
"""CE_Failure; 2 is a warning, 4 is fatal."""
LITTLE_ENDIAN = 1

_Handler = CFUNCTYPE(None, c_int, c_int, c_char_p)
_Texts = POINTER(c_char_p)

_Fetch = CFUNCTYPE(c_void_p, c_char_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)

_push_fetch = function("CPLHTTPPushFetchCallback", [_Fetch, c_void_p], c_int)
_pop_fetch = function("CPLHTTPPopFetchCallback", [], c_int)
_zeroed = function("VSICalloc", [c_size_t, c_size_t], c_void_p)
_copied = function("VSIStrdup", [c_char_p], c_void_p)
_push_handler = function("CPLPushErrorHandler", [_Handler], None)
_pop_handler = function("CPLPopErrorHandler", [], None)
_set_option = function("CPLSetThreadLocalConfigOption", [c_char_p, c_char_p], None)
_open = function("GDALOpenEx", [c_char_p, c_int, _Texts, _Texts, _Texts], c_void_p)
_close = function("GDALClose", [c_void_p], c_int)
_layer_count = function("GDALDatasetGetLayerCount", [c_void_p], c_int)
_layer = function("GDALDatasetGetLayer", [c_void_p, c_int], c_void_p)
_layer_name = function("OGR_L_GetName", [c_void_p], c_char_p)
_layer_definition = function("OGR_L_GetLayerDefn", [c_void_p], c_void_p)
_layer_srs = function("OGR_L_GetSpatialRef", [c_void_p], c_void_p)
_feature_count = function("OGR_L_GetFeatureCount", [c_void_p, c_int], c_int64)
_rewind = function("OGR_L_ResetReading", [c_void_p], None)
_next_feature = function("OGR_L_GetNextFeature", [c_void_p], c_void_p)
_destroy_feature = function("OGR_F_Destroy", [c_void_p], None)
_field_count = function("OGR_FD_GetFieldCount", [c_void_p], c_int)
_field = function("OGR_FD_GetFieldDefn", [c_void_p, c_int], c_void_p)
_field_name = function("OGR_Fld_GetNameRef", [c_void_p], c_char_p)
_is_set = function("OGR_F_IsFieldSetAndNotNull", [c_void_p, c_int], c_int)
_as_text = function("OGR_F_GetFieldAsString", [c_void_p, c_int], c_char_p)
_geometry = function("OGR_F_GetGeometryRef", [c_void_p], c_void_p)
_wkb_size = function("OGR_G_WkbSizeEx", [c_void_p], c_size_t)
_write_wkb = function("OGR_G_ExportToIsoWkb", [c_void_p, c_int, c_char_p], c_int)
_srs_wkt = function("OSRExportToWktEx", [c_void_p, POINTER(c_void_p), _Texts], c_int)
_keep_curves = function("OGRSetNonLinearGeometriesEnabledFlag", [c_int], None)
_free = function("VSIFree", [c_void_p], None)


class BrokenFile(Exception):
    """GDAL could not read on; the text is GDAL's own and not for clients."""


class RawFeature(NamedTuple):
    """A feature as it stands in the file: texts not yet decoded, geometry as ISO WKB."""

    values: list[bytes | None]
    wkb: bytes | None


class _Fetched(Structure):
    """CPLHTTPResult; GDAL frees it."""

    _fields_ = [
        ("status", c_int),
        ("content_type", c_void_p),
        ("error", c_void_p),
        ("data_length", c_int),
        ("data_allocated", c_int),
        ("data", c_void_p),
        ("headers", c_void_p),
        ("part_count", c_int),
        ("parts", c_void_p),
    ]


@_Fetch  # type: ignore[untyped-decorator]
def _nothing_fetched(*_request: Any) -> int:
    """What a driver gets that asks another machine, as a GeoJSON can make it whose `crs` is a link."""
    answer: int = _zeroed(1, sizeof(_Fetched))
    fetched = _Fetched.from_address(answer)
    fetched.status = 1
    fetched.error = _copied(b"nothing is fetched from elsewhere")
    return answer


@contextmanager
def _attentive() -> Iterator[None]:
    """Raises what GDAL complains of meanwhile; nothing is fetched meanwhile. For the calling thread alone."""
    complaints: list[str] = []

    @_Handler  # type: ignore[untyped-decorator]
    def note(severity: int, _number: int, message: bytes) -> None:
        if severity >= FAILURE:
            complaints.append(message.decode("utf-8", "replace"))

    _push_handler(note)
    _push_fetch(_nothing_fetched, None)
    _set_option(b"CPL_VSIL_CURL_ALLOWED_FILENAME", b"none")
    try:
        yield
    finally:
        _set_option(b"CPL_VSIL_CURL_ALLOWED_FILENAME", None)
        _pop_fetch()
        _pop_handler()
    if complaints:
        raise BrokenFile(complaints[0])


def _texts(*values: str) -> Any:
    return (c_char_p * (len(values) + 1))(*(value.encode() for value in values), None)


class Layer:
    """One table of features of an open file; iterating reads it from the beginning."""

    def __init__(self, pointer: int) -> None:
        self._pointer = pointer
        definition = _layer_definition(pointer)
        self.name: str = _layer_name(pointer).decode("utf-8", "replace")
        self.field_names: list[bytes] = [
            _field_name(_field(definition, place)) for place in range(_field_count(definition))
        ]

    def count(self) -> int:
        """How many features the file says it holds."""
        with _attentive():
            return int(_feature_count(self._pointer, 1))

    def crs_wkt(self) -> str:
        """The reference system as WKT 2; empty where the file names none."""
        with _attentive():
            srs = _layer_srs(self._pointer)
            if not srs:
                return ""
            text = c_void_p()
            _srs_wkt(srs, byref(text), _texts("FORMAT=WKT2_2019"))
            try:
                return string_at(text.value).decode("utf-8", "replace") if text.value else ""
            finally:
                _free(text)

    def batches(self, size: int) -> Iterator[list[RawFeature]]:
        """The features, *size* at a time. Raises `BrokenFile` where the file breaks off or contradicts itself."""
        _rewind(self._pointer)
        features = self._features()
        while True:
            with _attentive():
                batch = list(islice(features, size))
            if not batch:
                return
            yield batch

    def _features(self) -> Iterator[RawFeature]:
        places = range(len(self.field_names))
        while feature := _next_feature(self._pointer):
            try:
                values = [_as_text(feature, place) if _is_set(feature, place) else None for place in places]
                yield RawFeature(values, _wkb(feature))
            finally:
                _destroy_feature(feature)


def _wkb(feature: int) -> bytes | None:
    geometry = _geometry(feature)
    if not geometry:
        return None
    size = _wkb_size(geometry)
    buffer = create_string_buffer(size)
    _write_wkb(geometry, LITTLE_ENDIAN, buffer)
    return buffer.raw


@contextmanager
def layers_of(path: Path, driver: str, *options: str) -> Iterator[list[Layer]]:
    """The layers of *path*, opened by *driver* and no other. Raises `BrokenFile`."""
    _keep_curves(1)  # pyogrio turns them into lines for the whole process, and nobody would be told
    with _attentive():
        name = str(path.resolve()).encode()
        dataset = _open(name, VECTOR_READ_ONLY_STRICT, _texts(driver), _texts(*options), None)
        if not dataset:
            raise BrokenFile(driver)
    try:
        yield [Layer(_layer(dataset, place)) for place in range(_layer_count(dataset))]
    finally:
        _close(dataset)
