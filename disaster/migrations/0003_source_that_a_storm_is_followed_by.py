from django.db import migrations, models

OF_STANDING_STORMS = """
UPDATE disaster_storm SET track_source = (
    SELECT source FROM disaster_stormfix WHERE storm_id = disaster_storm.id
    GROUP BY source ORDER BY count(*) DESC, source LIMIT 1)
WHERE EXISTS (SELECT FROM disaster_stormfix WHERE storm_id = disaster_storm.id)
"""
"""As `sql/010_derived.sql` derives it from now on; there were no compilations yet."""


class Migration(migrations.Migration):
    dependencies = [
        ("disaster", "0002_positions_on_the_globe"),
    ]

    operations = [
        migrations.AddField(
            model_name="storm",
            name="track_source",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=40),
        ),
        migrations.RunSQL(OF_STANDING_STORMS, migrations.RunSQL.noop),
    ]
