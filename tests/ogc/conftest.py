"""The layer of known shapes, and requests to the services."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from gis.layers import Layer
from support.pictures import FRAME, test_shapes

Ask = Callable[..., HttpResponse]


@pytest.fixture(scope="module")
def shapes(django_db_setup: None) -> Iterator[Layer]:
    """The layer `test_shapes` in the database of the tests."""
    with test_shapes(str(connections["default"].settings_dict["NAME"])) as layer:
        yield layer


@pytest.fixture
def wms(client: Client, db: None) -> Ask:
    """`wms(request="GetMap", …)`: an answer of the service; a parameter that is None is left out."""

    def ask(**given: Any) -> Any:
        return client.get("/wms", {name: value for name, value in given.items() if value is not None})

    return ask


@pytest.fixture
def get_map(wms: Ask, shapes: Layer) -> Ask:
    """`get_map(format="image/jpeg")`: a picture of the shapes in 1.3.0, a metre to the pixel."""
    usual = {
        "service": "WMS",
        "version": "1.3.0",
        "request": "GetMap",
        "layers": "test_shapes",
        "styles": "",
        "crs": "EPSG:5899",
        "bbox": ",".join(map(str, FRAME)),
        "width": 200,
        "height": 200,
        "format": "image/png",
    }
    return lambda **changes: wms(**{**usual, **changes})
