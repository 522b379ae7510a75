"""Data versions: whatever a layer shows, a change of it is a new version."""

import pytest
from django.db import connection

from gis.access.viewer import Viewer
from gis.layers.query import LayerQuery
from gis.layers.registry import declared
from gis.layers.versions import version_of_layer, version_of_tile
from land.models import Parcel
from support.tiles import tile_at

KEPT = sorted(layer.name for layer in declared().values() if not layer.live_topic)
"""Layers whose answers may be kept: those that move are asked for anew each time."""


@pytest.mark.parametrize("name", KEPT)
def test_every_table_that_a_layer_reads_tells_it_of_changes(db: None, name: str) -> None:
    """Found in the plan of the layer's own query, and in the triggers of each table."""
    query = LayerQuery(
        declared()[name], Viewer(1, "x", frozenset((role, "*") for role in declared()[name].private_roles))
    )
    # Not of the overview, which is kept with the rows that it stands for (tests/land/test_overview.py).
    statement = query.tile_statement(*tile_at(107.2, 21.1, max(8, declared()[name].detail_zoom)))
    assert statement is not None
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.params)
        read = tables_in(cursor.fetchone()[0])
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE proname LIKE 'halong_touch%%' AND tgargs = convert_to(%s, 'UTF8') || '\\x00'::bytea",
            [name],
        )
        watched = {table for (table,) in cursor.fetchall()}
    assert declared()[name].model._meta.db_table in read
    assert read <= watched


def tables_in(plan: object) -> set[str]:
    if isinstance(plan, list):
        return {table for part in plan for table in tables_in(part)}
    if isinstance(plan, dict):
        own = {str(plan["Relation Name"])} if "Relation Name" in plan else set()
        return own | {table for part in plan.values() for table in tables_in(part)}
    return set()


def test_a_change_is_seen_in_its_tiles_of_every_zoom(db: None) -> None:
    parcel = Parcel.objects.current()[0]
    lon, lat = parcel.geom.centroid.transform(4326, clone=True).coords
    zooms = (0, 5, 9, 10, 11, 16, 22)
    before = [version_of_tile("parcels", *tile_at(lon, lat, zoom)) for zoom in zooms]
    whole = version_of_layer("parcels")
    Parcel.objects.filter(pk=parcel.pk).update(valid_to="2100-01-01")
    after = [version_of_tile("parcels", *tile_at(lon, lat, zoom)) for zoom in zooms]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert version_of_layer("parcels") != whole


def test_what_is_loaded_in_bulk_changes_the_whole_layer(db: None) -> None:
    before = version_of_tile("parcels", 16, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT halong_touch('parcels')")
    assert version_of_tile("parcels", 16, 0, 0) != before
    assert version_of_tile("parcels", 3, 0, 0) != before
