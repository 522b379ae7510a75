"""Positions lie on the globe: lon −180…180, lat −90…90. An empty point lies nowhere."""

from django.db import migrations

TABLES = {
    "disaster_stormfix": "storm_position_on_the_globe",
    "disaster_assetposition": "asset_position_on_the_globe",
    "disaster_rescueasset": "asset_marker_on_the_globe",
}


def added(table: str, name: str) -> str:
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (position IS NULL OR coalesce("
        "ST_X(position) BETWEEN -180 AND 180 AND ST_Y(position) BETWEEN -90 AND 90, false))"
    )


class Migration(migrations.Migration):
    dependencies = [("disaster", "0001_initial")]

    operations = [
        migrations.RunSQL(added(table, name), f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table, name in TABLES.items()
    ]
