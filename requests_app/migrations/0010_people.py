"""People alone: the apps that only need to know them are migrated while there are few models."""

import audit.schema
import audit.versions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("requests_app", "0009_version_names")]

    initial = True

    dependencies = [
        ("audit", "0006_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "username",
                    models.CharField(
                        max_length=150,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[\\w.@+-]+\\Z", "Use letters, digits and . @ + - _ only."
                            )
                        ],
                    ),
                ),
                ("display_name", models.CharField(max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                ("has_shortcuts", models.BooleanField(default=True, verbose_name="shortcuts")),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")],
                        max_length=5,
                    ),
                ),
                (
                    "timeline_order",
                    models.CharField(
                        choices=[
                            ("oldest", "Oldest first, as a story"),
                            ("newest", "Newest first"),
                        ],
                        default="oldest",
                        max_length=6,
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["display_name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        name="person_username_in_any_case",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="person_email_is_one_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalUser",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("username", models.CharField(blank=True, null=True)),
                ("display_name", models.CharField(blank=True, null=True)),
                ("email", models.CharField(blank=True, null=True)),
                ("time_zone", models.CharField(blank=True, null=True)),
                ("is_active", models.BooleanField(blank=True, null=True)),
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
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                    "has_shortcuts",
                    models.BooleanField(blank=True, null=True, verbose_name="shortcuts"),
                ),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")],
                        null=True,
                    ),
                ),
                (
                    "timeline_order",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("oldest", "Oldest first, as a story"),
                            ("newest", "Newest first"),
                        ],
                        null=True,
                    ),
                ),
            ],
            options={
                "verbose_name": "person version",
                "verbose_name_plural": "person versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
                "indexes": [
                    models.Index(fields=["id", "-history_id"], name="requests_app_user_v_row"),
                    models.Index(fields=["id", "history_date"], name="requests_app_user_v_date"),
                    models.Index(fields=["event"], name="requests_app_user_v_event"),
                ],
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        audit.schema.InstallTriggers(
            tables=[("requests_app_user", "requests_app_historicaluser", ["password"], "")],
        ),
    ]
