"""Waste dumps beside the concessions."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mines", "0001_initial"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WasteDump",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "status",
                    models.CharField(
                        choices=[("dang_do", "In use"), ("dung_do", "No longer in use"), ("hoan_nguyen", "Restored")],
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                ("height_m", models.DecimalField(decimal_places=1, max_digits=5, verbose_name="Height")),
                ("volume_m3", models.BigIntegerField(verbose_name="Volume")),
                ("geom", django.contrib.gis.db.models.fields.PolygonField(srid=5899)),
                ("source", models.CharField(max_length=200, verbose_name="Source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.commune",
                        verbose_name="Commune",
                    ),
                ),
                (
                    "concession",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dumps",
                        to="mines.concession",
                        verbose_name="Licence",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["dang_do", "dung_do", "hoan_nguyen"])),
                        name="waste_dump_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height_m__gt", 0), ("height_m__lte", 500)),
                        name="waste_dump_height_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volume_m3__gt", 0), ("volume_m3__lte", 10000000000)),
                        name="waste_dump_volume_plausible",
                    ),
                ],
            },
        ),
    ]
