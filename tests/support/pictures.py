"""Eyes for pictures, and a layer of known shapes to look at."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import psycopg2
from django.contrib.gis.db.models import PolygonField
from django.db import models
from django.db.models import Q, QuerySet
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from gis.access.viewer import Areas, Viewer
from gis.layers import Field, Label, Layer, Rule, Style, registry
from gis.layers.base import InAreas
from support.databases import role_urls

WEST, SOUTH = 430_000, 2_317_000
"""Lower left corner (EPSG:5899, metres) of the shapes."""
FRAME = (WEST, SOUTH, WEST + 200, SOUTH + 200)
"""Two squares of 100 m below, a private one above the left: the fourth quarter is empty."""
GRID = (WEST + 1000, SOUTH)
"""Lower left corner of 20 × 20 labelled lots of about 30 m."""
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)
NEIGHBOUR = Viewer(7, "neighbour", frozenset({("keeper", "06688")}))
KEEPER = Viewer(8, "keeper", frozenset({("keeper", "06685")}))


class Shape(models.Model):
    """A row of the test layer."""

    name = models.TextField()
    kind = models.TextField()
    commune = models.TextField()
    private = models.BooleanField()
    geom = PolygonField(srid=5899)

    class Meta:
        app_label = "maps"
        managed = False
        db_table = "test_shape"


class Shapes(Layer):
    name = "test_shapes"
    title = "Hình thử & <nghiệm>"
    abstract = "Only for tests"
    attribution = "Halong's tests"
    group = "Thử nghiệm"
    model = Shape
    geometry_type = "Polygon"
    key = "id"
    private_roles = frozenset({"keeper"})
    fields = (Field("id", "Id"), Field("name", "Name"), Field("kind", "Kind"))
    styles = (
        Style(
            "kinds",
            "By kind",
            (
                Rule("Đỏ", ("red", "it's \\ <odd>"), fill="#ff0000"),
                Rule("Xanh lam", ("private",), fill="#0000ff"),
                Rule("Khác", fill="#008000"),
            ),
            field="kind",
        ),
        Style("outline", "Outlines", (Rule("Ranh", stroke="#000000", max_scale=5_000),)),
        Style(
            "named",
            "Names",
            (Rule("Ranh", fill="#ffffff", stroke="#cccccc"),),
            labels=(Label("name", size=10, colour="#000000"),),
        ),
    )

    def rows(self, areas: Areas) -> QuerySet[Shape]:
        return Shape.objects.alias(ours=InAreas(areas, "commune")).filter(Q(private=False) | Q(ours=True))


def square(column: int, row: int) -> str:
    """The EWKT of a 100 m square of the frame."""
    west, south = WEST + 100 * column, SOUTH + 100 * row
    ring = [(west, south), (west + 100, south), (west + 100, south + 100), (west, south + 100), (west, south)]
    return "SRID=5899;POLYGON((" + ",".join(f"{x} {y}" for x, y in ring) + "))"


ROWS = [
    ("left", "red", "06685", False, square(0, 0)),
    ("right", "other", "06685", False, square(1, 0)),
    ("hidden", "private", "06685", True, square(0, 1)),
]

LOTS_SQL = """
INSERT INTO test_shape (name, kind, commune, private, geom)
SELECT 'Thửa ' || i * 20 + j, 'lot', '06685', false, ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY[
    corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1), corner(i, j)])), 5899)
FROM generate_series(0, 19) AS i, generate_series(0, 19) AS j
""".replace("corner(", "pg_temp.corner(")
CORNER_SQL = f"""
CREATE FUNCTION pg_temp.corner(i integer, j integer) RETURNS geometry LANGUAGE sql AS
$$ SELECT ST_MakePoint({GRID[0]} + i * 30 + 6 * sin(i * 1.7 + j * 2.3),
                       {GRID[1]} + j * 30 + 5 * cos(i * 2.9 + j)) $$
"""


@contextmanager
def test_shapes(database: str) -> Iterator[Layer]:
    """The layer `test_shapes`, published for as long as the block runs, its rows committed to *database*."""
    registry.register(Shapes)
    connection = psycopg2.connect(role_urls(database)["DATABASE_OWNER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE test_shape (id serial PRIMARY KEY, name text, kind text, commune text,"
                " private boolean, geom geometry(Polygon, 5899));"
                "GRANT SELECT ON test_shape TO halong_app, halong_render"
            )
            cursor.executemany(
                "INSERT INTO test_shape (name, kind, commune, private, geom) VALUES (%s, %s, %s, %s, %s)",
                ROWS,
            )
            cursor.execute(CORNER_SQL)
            cursor.execute(LOTS_SQL)
        yield registry.declared()["test_shapes"]
    finally:
        registry.unregister("test_shapes")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS test_shape")
        connection.close()


def pixels(picture: bytes) -> npt.NDArray[np.uint8]:
    """(rows, columns, bands) of a PNG or JPEG; palettes are resolved to RGBA."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(picture) as file, file.open() as image:
            bands = image.read()
            if image.count == 1:
                palette = image.colormap(1)
                return np.array([[palette[value] for value in row] for row in bands[0]], np.uint8)
    return np.moveaxis(bands, 0, 2)


def colour_at(picture: bytes, column: int, row: int) -> tuple[int, ...]:
    """Red, green and blue of one pixel, counted from the upper left."""
    return tuple(int(value) for value in pixels(picture)[row, column, :3])


def share(picture: bytes, colour: tuple[int, int, int]) -> float:
    """How much of the picture has exactly this colour, 0 … 1."""
    return float(np.mean(np.all(pixels(picture)[..., :3] == colour, axis=2)))


def is_blank(picture: bytes) -> bool:
    """Whether every pixel is the same."""
    flat = pixels(picture).reshape(-1, pixels(picture).shape[2])
    return bool((flat == flat[0]).all())
