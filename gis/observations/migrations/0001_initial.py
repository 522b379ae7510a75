import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Station",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rain", "Rain gauge"),
                            ("level", "Water level gauge"),
                            ("weather", "Weather station"),
                        ],
                        max_length=10,
                    ),
                ),
                ("position", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ("source", models.CharField(max_length=200)),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.commune"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "quantity",
                    models.CharField(
                        choices=[("rain", "Rain"), ("level", "Water level"), ("wind", "Wind speed")], max_length=10
                    ),
                ),
                ("time", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("value", models.DecimalField(decimal_places=2, max_digits=7)),
                ("unit", models.CharField(max_length=4)),
                ("source", models.CharField(max_length=120)),
                (
                    "station",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="observations.station",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="station",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["rain", "level", "weather"])), name="station_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                models.F("station"),
                models.F("quantity"),
                models.OrderBy(models.F("time"), descending=True),
                name="reading_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quantity", "rain"), ("unit", "mm"), ("value__range", (0, 2000))),
                    models.Q(("quantity", "level"), ("unit", "m"), ("value__range", (-20, 100))),
                    models.Q(("quantity", "wind"), ("unit", "m/s"), ("value__range", (0, 120))),
                    _connector="OR",
                ),
                name="reading_plausible_in_its_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("minutes__isnull", True), ("quantity", "level")),
                    models.Q(
                        ("minutes__isnull", False), ("minutes__range", (1, 1440)), ("quantity__in", ["rain", "wind"])
                    ),
                    _connector="OR",
                ),
                name="reading_has_its_period",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE observations_station ADD CONSTRAINT station_on_the_globe CHECK (coalesce("
            "ST_X(position) BETWEEN -180 AND 180 AND ST_Y(position) BETWEEN -90 AND 90, false))",
            "ALTER TABLE observations_station DROP CONSTRAINT station_on_the_globe",
        ),
    ]
