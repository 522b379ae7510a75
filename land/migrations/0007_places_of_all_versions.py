from django.contrib.postgres.indexes import GistIndex
from django.db import migrations


class Migration(migrations.Migration):
    """The index by place has held every version from the beginning: PostGIS' schema editor leaves conditions out."""

    dependencies = [("land", "0006_overview_cells")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("parcel", "parcel_place"),
                migrations.AddIndex("parcel", GistIndex(fields=["geom"], name="parcel_place")),
            ]
        )
    ]
