from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("chains", models.PositiveIntegerField()),
                ("entries", models.PositiveIntegerField()),
                ("heads", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditPending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("action", models.CharField(blank=True, max_length=60)),
                ("role", models.CharField(max_length=63)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("record_table", models.CharField(max_length=63)),
                ("record", models.CharField(blank=True, max_length=63)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("delete", "Delete"),
                            ("load", "Load"),
                            ("truncate", "Truncate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("commune", models.CharField(blank=True, max_length=5)),
                ("sheet", models.PositiveIntegerField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AuditChain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("commune", models.CharField(blank=True, max_length=5)),
                ("sheet", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("length", models.PositiveIntegerField()),
                ("head", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("day", "commune", "sheet"), name="one_audit_chain_of_a_sheet")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("action", models.CharField(blank=True, max_length=60)),
                ("role", models.CharField(max_length=63)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("record_table", models.CharField(max_length=63)),
                ("record", models.CharField(blank=True, max_length=63)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("delete", "Delete"),
                            ("load", "Load"),
                            ("truncate", "Truncate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("commune", models.CharField(blank=True, max_length=5)),
                ("sheet", models.PositiveIntegerField()),
                ("day", models.DateField()),
                ("place", models.PositiveIntegerField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["record_table", "record", "id"], name="audit_by_record")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "commune", "sheet", "place"), name="one_audit_entry_at_a_place"
                    )
                ],
            },
        ),
        # Its rows live as long as a transaction: no log needs to bring them back.
        migrations.RunSQL("ALTER TABLE actions_auditpending SET UNLOGGED", migrations.RunSQL.noop),
    ]
