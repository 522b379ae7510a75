"""Shelters and incidents; their positions lie on the globe."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disaster", "0003_source_that_a_storm_is_followed_by"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reported_at", models.DateTimeField(verbose_name="Reported at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("flood", "Flooding"),
                            ("landslide", "Landslide"),
                            ("boat", "Boat in distress"),
                            ("people", "People in danger"),
                            ("building", "Damaged building"),
                            ("road", "Blocked road"),
                            ("power", "Power failure"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("text", models.CharField(max_length=2000, verbose_name="Report")),
                ("contact", models.CharField(blank=True, max_length=120, verbose_name="Contact")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "Reported"),
                            ("confirmed", "Confirmed"),
                            ("resolved", "Dealt with"),
                            ("dismissed", "False alarm"),
                        ],
                        default="new",
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                ("position", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("source", models.CharField(max_length=120, verbose_name="Source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.commune",
                        verbose_name="Commune",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["commune", "-reported_at"], name="incident_by_commune")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["flood", "landslide", "boat", "people", "building", "road", "power", "other"])
                        ),
                        name="incident_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["new", "confirmed", "resolved", "dismissed"])),
                        name="incident_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="incident_is_described"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shelter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("anchorage", "Storm anchorage"), ("evacuation", "Evacuation shelter")],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="Capacity")),
                ("contact", models.CharField(blank=True, max_length=120, verbose_name="Contact")),
                ("position", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["anchorage", "evacuation"])), name="shelter_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capacity__isnull", True), ("capacity__range", (1, 1000000)), _connector="OR"
                        ),
                        name="shelter_capacity_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            models.Q(("source", ""), _negated=True),
                        ),
                        name="shelter_is_named",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (coalesce("
                "ST_X(position) BETWEEN -180 AND 180 AND ST_Y(position) BETWEEN -90 AND 90, false))",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name in (
                ("disaster_shelter", "shelter_on_the_globe"),
                ("disaster_incident", "incident_on_the_globe"),
            )
        ),
    ]
