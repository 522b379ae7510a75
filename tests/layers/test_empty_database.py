"""A service whose database holds nothing yet answers everything, and shows nothing."""

from collections.abc import Iterator

import pytest
import requests

from gis.access.viewer import Viewer
from gis.layers.registry import all_layers
from support.databases import copy_of
from support.pictures import is_blank
from support.server import Server, running_server

SURROUNDINGS = {"coast", "country_borders", "place_labels"}
"""They come with every database."""
ALL = [layer.name for layer in all_layers(Viewer.public())]
NAMES = [name for name in ALL if name not in SURROUNDINGS]


@pytest.fixture(scope="module")
def empty(migrated: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a database that was migrated and given nothing."""
    folder = tmp_path_factory.mktemp("empty")
    with copy_of(migrated, f"{database_prefix}_empty") as name, running_server(name, folder) as server:
        yield server


def test_collections_have_no_extent_and_no_items(empty: Server) -> None:
    collections = requests.get(f"{empty.url}/ogc/collections", timeout=30).json()["collections"]
    assert [each["id"] for each in collections] == ALL
    assert {each["id"] for each in collections if "extent" in each} == SURROUNDINGS
    for name in NAMES:
        for query in ("", "?bbox=106,20,109,22&datetime=2024-09-07"):
            page = requests.get(f"{empty.url}/ogc/collections/{name}/items{query}", timeout=30).json()
            assert (page["features"], page["numberMatched"], page["numberReturned"]) == ([], 0, 0)
            assert "next" not in {link["rel"] for link in page["links"]}
        assert requests.get(f"{empty.url}/ogc/collections/{name}/items/1", timeout=30).status_code == 404


def test_tiles_and_maps_are_blank(empty: Server) -> None:
    for name in NAMES:
        tile = requests.get(f"{empty.url}/tiles/{name}/8/204/112.mvt", timeout=30)
        assert (tile.status_code, tile.content) == (200, b"")
        picture = requests.get(f"{empty.url}/tiles/{name}/8/204/112.png", timeout=30)
        assert picture.status_code == 200 and is_blank(picture.content)
    for version in ("1.1.1", "1.3.0"):
        capabilities = requests.get(f"{empty.url}/wms?request=GetCapabilities&version={version}", timeout=30)
        assert capabilities.status_code == 200 and "parcels" in capabilities.text


def test_the_map_opens(empty: Server) -> None:
    assert requests.get(empty.url, timeout=30).status_code == 200
    snapshot = requests.get(f"{empty.url}/live/snapshot", timeout=30)
    assert snapshot.status_code == 200
    assert requests.get(f"{empty.url}/healthz", timeout=30).ok


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/land/", 200), ("/land/parcels/?q=a", 200), ("/land/parcels/?f=csv", 200), ("/land/parcels/?f=gpkg", 200),
        ("/disaster/storms/1/briefing.html", 404), ("/disaster/gauges/", 200), ("/mines/waste_dumps/", 200),
        ("/land/edit/", 401), ("/api/land/rules", 200), ("/api/land/drafts", 200), ("/api/search/?q=ha+long", 200),
        ("/api/land/parcels/100000000001/history", 404), ("/accounts/forgotten/", 200),
        ("/print?layers=parcels&scale=1000&center=430127,2317566", 200),
    ],
)  # fmt: skip
def test_pages_lists_and_sheets_open(empty: Server, path: str, status: int) -> None:
    assert requests.get(f"{empty.url}{path}", timeout=60).status_code == status


def test_the_log_stays_clean(empty: Server) -> None:
    assert "Traceback" not in empty.log.read_text()
