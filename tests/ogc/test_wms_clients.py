"""Independent clients read a running server: OWSLib and GDAL's WMS driver."""

import struct
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
import requests
from owslib.util import ServiceException
from owslib.wms import WebMapService
from rasterio.errors import NotGeoreferencedWarning

from support.pictures import is_blank
from support.server import Server

VERSIONS = ("1.1.1", "1.3.0")


def announced_box(server: Server, crs: str) -> tuple[float, ...]:
    """The box of the parcels in the capabilities of 1.1.1, x before y."""
    answer = requests.get(f"{server.url}/wms?request=GetCapabilities&version=1.1.1", timeout=60)
    for layer in ElementTree.fromstring(answer.content).iter("Layer"):
        if layer.findtext("Name") == "parcels":
            (box,) = (box.attrib for box in layer.findall("BoundingBox") if box.attrib["SRS"] == crs)
            return tuple(float(box[name]) for name in ("minx", "miny", "maxx", "maxy"))
    raise AssertionError("no parcels in the capabilities")


@pytest.fixture(autouse=True)
def plain_pictures() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


@pytest.mark.parametrize("version", VERSIONS)
def test_owslib_reads_the_capabilities_and_fetches_a_map_and_a_legend(server: Server, version: str) -> None:
    service = WebMapService(f"{server.url}/wms", version=version)
    assert {"communes", "parcels"} <= set(service.contents)
    parcels = service["parcels"]
    assert {"EPSG:5899", "EPSG:4326", "EPSG:3857"} <= set(parcels.crsOptions)
    picture = service.getmap(
        layers=["communes", "parcels"],
        styles=["", ""],
        srs="EPSG:4326",
        bbox=parcels.boundingBoxWGS84,
        size=(300, 200),
        format="image/png",
    ).read()
    assert struct.unpack(">II", picture[16:24]) == (300, 200)
    assert not is_blank(picture)
    for style in parcels.styles.values():
        assert requests.get(style["legend"], timeout=30).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("version", VERSIONS)
def test_owslib_understands_our_exceptions(server: Server, version: str) -> None:
    service = WebMapService(f"{server.url}/wms", version=version)
    with pytest.raises(ServiceException, match="LayerNotDefined"):
        service.getmap(
            layers=["no_such_layer"], styles=[""], srs="EPSG:4326", bbox=(107, 20, 108, 21), size=(10, 10),
            format="image/png",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("version", "key", "crs"),
    [("1.1.1", "SRS", "EPSG:5899"), ("1.3.0", "CRS", "EPSG:5899"), ("1.3.0", "CRS", "EPSG:4326")],
)
def test_gdal_opens_a_layer_and_reads_pixels(server: Server, version: str, key: str, crs: str) -> None:
    west, south, east, north = announced_box(server, crs)
    box = (south, west, north, east) if (version, crs) == ("1.3.0", "EPSG:4326") else (west, south, east, north)
    address = (
        f"WMS:{server.url}/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetMap&LAYERS=parcels&STYLES="
        f"&{key}={crs}&BBOX={','.join(map(str, box))}&FORMAT=image/png"
    )
    with rasterio.open(address) as dataset:
        assert dataset.crs == rasterio.CRS.from_string(crs)
        assert dataset.bounds == pytest.approx((west, south, east, north))
        pixels = dataset.read(out_shape=(dataset.count, 256, 256))
    assert len(np.unique(pixels)) > 10


def test_gdal_lists_the_layers_of_the_service(server: Server) -> None:
    with rasterio.open(f"WMS:{server.url}/wms") as dataset:
        assert any("LAYERS=parcels" in name for name in dataset.subdatasets)


def test_pictures_come_while_others_are_being_drawn(server: Server) -> None:
    """More requests at once than there are drawing processes: all are answered."""
    address = (
        f"{server.url}/wms?version=1.3.0&request=GetMap&layers=communes&styles=&crs=CRS:84"
        "&bbox=106,20,109,22&width=256&height=256&format=image/png"
    )
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _number: requests.get(address, timeout=60), range(24)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
