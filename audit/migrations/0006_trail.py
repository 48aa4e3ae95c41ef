"""The trail: events, what was erased from it, and the index of changed fields."""

import audit.searching
import audit.versions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from audit.schema import InstallRecorder


class Migration(migrations.Migration):
    replaces = [("audit", "0005_version_names")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("outcome", models.TextField()),
                ("subject_type", models.TextField()),
                ("subject_id", models.TextField()),
                ("subject_label", models.TextField()),
                ("support_request_id", models.BigIntegerField(null=True)),
                ("entity_id", models.BigIntegerField(null=True)),
                ("actor_kind", models.TextField()),
                ("actor_id", models.TextField()),
                ("actor_label", models.TextField()),
                ("actor_role", models.TextField()),
                ("on_behalf_of_id", models.TextField()),
                ("on_behalf_of_label", models.TextField()),
                ("cause_kind", models.TextField()),
                ("cause_id", models.TextField()),
                ("cause_label", models.TextField()),
                ("cause_version", models.TextField()),
                ("channel", models.TextField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("user_agent", models.TextField()),
                ("session", models.TextField()),
                ("sign_in_method", models.TextField()),
                ("reason", models.TextField()),
                ("correlation_id", models.TextField()),
                ("occurred_at", models.DateTimeField(null=True)),
                ("detail", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
                ("txid", models.BigIntegerField()),
                ("salt", models.BinaryField()),
                ("database_user", models.TextField()),
                ("database_address", models.GenericIPAddressField(null=True)),
                ("database_application", models.TextField()),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("support_request_id__isnull", False)),
                        fields=["support_request_id", "id"],
                        name="audit_event_request",
                    ),
                    models.Index(fields=["actor_kind", "actor_id", "id"], name="audit_event_actor"),
                    models.Index(
                        condition=models.Q(("kind", "request.viewed")),
                        fields=["support_request_id", "actor_id", "recorded_at"],
                        name="audit_event_viewed",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "request.reopened"), ("outcome", "done")),
                        fields=["support_request_id"],
                        name="audit_event_reopened",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "done"), _negated=True),
                        fields=["id"],
                        name="audit_event_not_done",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "request.list_exported")),
                        fields=["actor_kind", "actor_id", "id"],
                        name="audit_event_exported",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "trail.checked")),
                        fields=["id"],
                        name="audit_event_checked",
                    ),
                    models.Index(
                        fields=["subject_type", "subject_id", "id"], name="audit_event_subject"
                    ),
                    models.Index(fields=["recorded_at"], name="audit_event_recorded"),
                    models.Index(fields=["kind", "id"], name="audit_event_kind"),
                    models.Index(fields=["channel", "id"], name="audit_event_channel"),
                    models.Index(
                        condition=models.Q(("address__isnull", False)),
                        fields=["address", "id"],
                        name="audit_event_address",
                    ),
                    django.contrib.postgres.indexes.HashIndex(
                        fields=["correlation_id"], name="audit_event_correlation"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        audit.searching.Words(),
                        fastupdate=True,
                        gin_pending_list_limit=512,
                        name="audit_event_words",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["done", "denied", "failed"])),
                        name="event_outcome_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", ""), _negated=True), name="event_has_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor_label", ""), _negated=True),
                            models.Q(("actor_kind", ""), _negated=True),
                        ),
                        name="event_has_an_actor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", ""), _negated=True),
                        name="event_has_a_channel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table_name", models.TextField()),
                ("row_key", models.TextField()),
                ("version_id", models.BigIntegerField(null=True)),
                ("column_name", models.TextField()),
                ("unit", models.TextField()),
                ("size", models.BigIntegerField()),
                ("commitment", models.TextField()),
                ("erased_at", models.DateTimeField()),
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
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["table_name", "row_key"], name="audit_erasure_row"),
                    models.Index(fields=["event"], name="audit_erasure_event"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.TextField()),
                ("event_id", models.BigIntegerField()),
                (
                    "is_new",
                    models.BooleanField(
                        help_text="The row was created: the field had no value before."
                    ),
                ),
                ("value", audit.versions.UnscaledDecimalField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_new", False)),
                        fields=["field", "event_id"],
                        name="audit_field_change",
                    ),
                    models.Index(
                        condition=models.Q(("value__isnull", False)),
                        fields=["value", "event_id"],
                        name="audit_field_value",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.TextField(unique=True)),
                ("version_id", models.BigIntegerField(default=0)),
                ("seen_version", models.BigIntegerField(default=0)),
                ("seen_before", models.BigIntegerField(default=0)),
            ],
        ),
        InstallRecorder(),
    ]
