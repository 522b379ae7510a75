"""The data version of a part of a layer, for ETags and cache keys."""

from django.db import connection

CELL_ZOOM = 10


def version_of_tile(layer: str, z: int, x: int, y: int) -> str:
    """Changes whenever the layer's data in the tile (or its margin's cells) changed."""
    if z >= CELL_ZOOM:
        shift = z - CELL_ZOOM
        first_x = last_x = x >> shift
        first_y = last_y = y >> shift
        margin = 1
    else:
        width = 1 << (CELL_ZOOM - z)
        first_x, last_x = x * width, (x + 1) * width - 1
        first_y, last_y = y * width, (y + 1) * width - 1
        margin = 1
    return _version(layer, first_x - margin, last_x + margin, first_y - margin, last_y + margin)


def version_of_layer(layer: str) -> str:
    """Changes whenever anything in the layer changed."""
    return _version(layer, 0, 1 << CELL_ZOOM, 0, 1 << CELL_ZOOM)


def _version(layer: str, first_x: int, last_x: int, first_y: int, last_y: int) -> str:
    """Count beside maximum: a transaction that took its number earlier may commit later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), 0), count(*) FROM layers_touch WHERE layer = %s"
            " AND ((x BETWEEN %s AND %s AND y BETWEEN %s AND %s) OR x = -1)",
            [layer, first_x, last_x, first_y, last_y],
        )
        newest, count = cursor.fetchone()
    return f"{newest}.{count}"
