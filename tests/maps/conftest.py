"""The layer of known shapes, for the tests of pictures."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.maps.drawing import MapRequest
from support.pictures import FRAME, test_shapes


@pytest.fixture(scope="module")
def shapes(django_db_setup: None) -> Iterator[Layer]:
    """The layer `test_shapes` in the database of the tests."""
    with test_shapes(str(connections["default"].settings_dict["NAME"])) as layer:
        yield layer


@pytest.fixture
def map_of(shapes: Layer, db: None) -> Any:
    """`map_of("kinds", width=…)`: a request for a picture of the shapes, a metre to the pixel."""

    def request(style: str = "kinds", **given: Any) -> MapRequest:
        drawn = shapes.style(style)
        assert drawn is not None
        usual: dict[str, Any] = {
            "layers": ((shapes, drawn),),
            "viewer": Viewer.public(),
            "srid": 5899,
            "bbox": FRAME,
            "width": 200,
            "height": 200,
        }
        return MapRequest(**{**usual, **given})

    return request
