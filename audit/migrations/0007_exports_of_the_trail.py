"""Exports of the trail, which belong to people."""

import audit.creating
import audit.schema
import audit.versions
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0001_initial"),
        ("audit", "0002_erasures"),
        ("audit", "0003_rare_events"),
        ("audit", "0004_explorer"),
    ]

    dependencies = [
        ("audit", "0006_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        audit.creating.CreateModels(
            models=[
                migrations.CreateModel(
                    name="TrailExport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("query", models.TextField(blank=True)),
                        ("zone", models.CharField(max_length=64)),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("csv", "CSV, one line per event"),
                                    ("excel", "CSV for Excel, with a byte order mark"),
                                    ("jsonl", "JSON Lines, with every changed field"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting for a worker"),
                                    ("running", "Being made"),
                                    ("finished", "Ready"),
                                    ("failed", "Failed"),
                                    ("expired", "Expired"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("events_up_to", models.BigIntegerField()),
                        ("snapshot", models.TextField()),
                        ("rows", models.PositiveIntegerField(null=True)),
                        (
                            "size",
                            models.PositiveBigIntegerField(
                                help_text="Bytes of the file in the archive.", null=True
                            ),
                        ),
                        (
                            "sha256",
                            models.CharField(
                                blank=True, help_text="Of the file in the archive.", max_length=64
                            ),
                        ),
                        ("manifest", models.JSONField(default=dict)),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="trail_exports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "finished"), _negated=True),
                                    models.Q(
                                        ("expires_at__isnull", False),
                                        ("rows__isnull", False),
                                        models.Q(("sha256", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="finished_export_says_what_it_holds",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExportPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("content", models.BinaryField()),
                        (
                            "export",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="audit.trailexport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("export", "number"), name="export_part_is_one"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExportProgress",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("rows", models.PositiveIntegerField(default=0)),
                        (
                            "export",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="progress",
                                to="audit.trailexport",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HistoricalTrailExport",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("query", models.TextField(blank=True, null=True)),
                        ("zone", models.CharField(blank=True, null=True)),
                        (
                            "format",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("csv", "CSV, one line per event"),
                                    ("excel", "CSV for Excel, with a byte order mark"),
                                    ("jsonl", "JSON Lines, with every changed field"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("waiting", "Waiting for a worker"),
                                    ("running", "Being made"),
                                    ("finished", "Ready"),
                                    ("failed", "Failed"),
                                    ("expired", "Expired"),
                                ],
                                null=True,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(blank=True, null=True)),
                        ("events_up_to", models.BigIntegerField(blank=True, null=True)),
                        ("snapshot", models.TextField(blank=True, null=True)),
                        ("rows", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "size",
                            models.PositiveBigIntegerField(
                                blank=True, help_text="Bytes of the file in the archive.", null=True
                            ),
                        ),
                        (
                            "sha256",
                            models.CharField(
                                blank=True, help_text="Of the file in the archive.", null=True
                            ),
                        ),
                        ("manifest", models.JSONField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "trail export version",
                        "verbose_name_plural": "trail export versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="audit_trailexport_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="audit_trailexport_v_date"
                            ),
                            models.Index(fields=["event"], name="audit_trailexport_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
            ],
        ),
        audit.schema.InstallTriggers(
            tables=[("audit_trailexport", "audit_historicaltrailexport")],
        ),
    ]
