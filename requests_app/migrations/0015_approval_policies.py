"""Approval policies with their rules and steps, limits of approvers, and delegations."""

import audit.schema
import audit.versions
import datetime
import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import simple_history.models
from django.conf import settings
from django.db import migrations, models


# What a reference can point to, and the references: each holds the entity, too.
KEYS = (
    ("requests_app_approvalpolicy", "approval_policy_with_its_entity"),
    ("requests_app_policyrule", "policy_rule_with_its_entity"),
)
REFERENCES = (
    ("requests_app_approvalpolicy", "copied_from_id", "requests_app_approvalpolicy", "approval_policy_copies_one_of_its_entity"),
    ("requests_app_policyrule", "policy_id", "requests_app_approvalpolicy", "policy_rule_is_of_its_policys_entity"),
    ("requests_app_policystep", "rule_id", "requests_app_policyrule", "policy_step_is_of_its_rules_entity"),
)  # fmt: skip


def keys() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, entity_id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name in KEYS
    ]


def references() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, entity_id)"
            f" REFERENCES {target} (id, entity_id) DEFERRABLE",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, column, target, name in REFERENCES
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_sampled_words"),
        ("requests_app", "0014_words_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("in_force", "Approved"),
                            ("superseded", "Superseded"),
                            ("declined", "Declined"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "starts_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty for as soon as it is approved.", null=True
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="What the same customer was granted in so many days counts, too.",
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("edits", models.PositiveIntegerField(default=0)),
                (
                    "editors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        help_text="The version it was drafted from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.approvalpolicy",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policies",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "approval policies",
                "ordering": ["entity", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "most",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Empty for what the giver may approve.",
                        max_digits=19,
                        null=True,
                        verbose_name="up to",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given_delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "-starts_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalApprovalLimit",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        null=True,
                    ),
                ),
                ("amount", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, null=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
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
                    "entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
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
                        help_text="Empty for everybody who holds the role.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
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
                "verbose_name": "approval limit version",
                "verbose_name_plural": "approval limit versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalApprovalPolicy",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("version", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("in_force", "Approved"),
                            ("superseded", "Superseded"),
                            ("declined", "Declined"),
                        ],
                        null=True,
                    ),
                ),
                ("currency", models.CharField(blank=True, null=True)),
                (
                    "starts_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty for as soon as it is approved.", null=True
                    ),
                ),
                (
                    "window_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="What the same customer was granted in so many days counts, too.",
                        null=True,
                    ),
                ),
                ("note", models.TextField(blank=True, null=True)),
                ("edits", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "editors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, null=True, size=None
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
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
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="The version it was drafted from.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.approvalpolicy",
                    ),
                ),
                (
                    "decided_by",
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
                (
                    "drafted_by",
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
                (
                    "entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
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
                    "proposed_by",
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
                "verbose_name": "approval policy version",
                "verbose_name_plural": "approval policy versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalDelegation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, null=True, size=None
                    ),
                ),
                (
                    "most",
                    audit.versions.UnscaledDecimalField(
                        blank=True,
                        help_text="Empty for what the giver may approve.",
                        null=True,
                        verbose_name="up to",
                    ),
                ),
                ("currency", models.CharField(blank=True, null=True)),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
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
                    "created_by",
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
                (
                    "entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
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
                    "giver",
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
                (
                    "revoked_by",
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
                (
                    "taker",
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
                "verbose_name": "delegation version",
                "verbose_name_plural": "delegation versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalPolicyRule",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("priority", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("name", models.CharField(blank=True, null=True)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, null=True, size=None
                    ),
                ),
                ("currency", models.CharField(blank=True, null=True)),
                ("minimum", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("maximum", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                (
                    "conditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, null=True, size=None
                    ),
                ),
                ("daily_cap", audit.versions.UnscaledDecimalField(blank=True, null=True)),
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
                    "entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
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
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.approvalpolicy",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy rule version",
                "verbose_name_plural": "policy rule versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="PolicyRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("minimum", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                (
                    "maximum",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=19, null=True),
                ),
                (
                    "conditions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "daily_cap",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=19, null=True),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="requests_app.approvalpolicy",
                    ),
                ),
            ],
            options={
                "ordering": ["policy", "priority", "id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPolicyStep",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("any", "Any one of them"),
                            ("all", "All of them"),
                            ("quorum", "So many of them"),
                        ],
                        null=True,
                    ),
                ),
                ("count", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        null=True,
                    ),
                ),
                ("currency", models.CharField(blank=True, null=True)),
                ("least_limit", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "escalate_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        null=True,
                    ),
                ),
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
                    "entity",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
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
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.policyrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy step version",
                "verbose_name_plural": "policy step versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="PolicyStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("any", "Any one of them"),
                            ("all", "All of them"),
                            ("quorum", "So many of them"),
                        ],
                        max_length=6,
                    ),
                ),
                ("count", models.PositiveSmallIntegerField(default=1)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        max_length=20,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "least_limit",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=19, null=True),
                ),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "escalate_to",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="requests_app.policyrule",
                    ),
                ),
            ],
            options={
                "ordering": ["rule", "number", "id"],
            },
        ),
        migrations.CreateModel(
            name="ApprovalLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lead", "Lead"),
                            ("controller", "Controller"),
                            ("executive", "Executive"),
                        ],
                        max_length=20,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=19)),
                ("currency", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for everybody who holds the role.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "role", "person", "-starts_on", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True), ("person__isnull", False)),
                        fields=("entity", "person"),
                        name="approval_limit_open_once_per_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True), ("person__isnull", True)),
                        fields=("entity", "role"),
                        name="approval_limit_open_once_per_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("role", "")),
                            models.Q(
                                ("person__isnull", True),
                                ("role__in", ["lead", "controller", "executive"]),
                            ),
                            _connector="OR",
                        ),
                        name="approval_limit_is_of_a_person_or_a_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gte", 0),
                            models.Q(
                                ("ends_on__isnull", True),
                                (
                                    "ends_on__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("starts_on"),
                                        "-",
                                        models.Value(datetime.timedelta(days=1)),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="approval_limit_is_an_amount_for_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person__isnull", True),
                            models.Q(("set_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_limit_set_by_another",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.UniqueConstraint(
                fields=("entity", "version"), name="approval_policy_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "proposed")),
                fields=("entity",),
                name="approval_policy_proposed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["proposed", "in_force", "superseded"]), _negated=True),
                    ("proposed_by__isnull", False),
                    _connector="OR",
                ),
                name="approval_policy_somebody_proposed",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["in_force", "superseded"]), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("drafted_by")), _negated=True),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="approval_policy_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["in_force", "superseded"]), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("starts_at__gte", models.F("decided_at")),
                        ("starts_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="approval_policy_starts_after_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "declined"), _negated=True),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="approval_policy_somebody_declined",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__gte", 1), ("window_days__gte", 1), ("window_days__lte", 366)
                ),
                name="approval_policy_counts_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("taker", models.F("giver")), _negated=True),
                name="delegation_is_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("starts_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=30))
                        ),
                    ),
                ),
                name="delegation_ends_within_thirty_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="delegation_revoked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__isnull", True), ("most__gt", 0), _connector="OR"),
                name="delegation_is_for_an_amount",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalapprovallimit",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_a_2f182_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalapprovallimit",
            index=models.Index(fields=["id", "history_date"], name="requests_app_a_2f182_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalapprovallimit",
            index=models.Index(fields=["event"], name="requests_app_a_2f182_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicalapprovalpolicy",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_a_80046_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalapprovalpolicy",
            index=models.Index(fields=["id", "history_date"], name="requests_app_a_80046_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalapprovalpolicy",
            index=models.Index(fields=["event"], name="requests_app_a_80046_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicaldelegation",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_d_9fa58_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicaldelegation",
            index=models.Index(fields=["id", "history_date"], name="requests_app_d_9fa58_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicaldelegation",
            index=models.Index(fields=["event"], name="requests_app_d_9fa58_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicalpolicyrule",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_p_eaf43_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalpolicyrule",
            index=models.Index(fields=["id", "history_date"], name="requests_app_p_eaf43_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalpolicyrule",
            index=models.Index(fields=["event"], name="requests_app_p_eaf43_v_event"),
        ),
        migrations.AddConstraint(
            model_name="policyrule",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("policy", "priority"),
                name="policy_rule_priority_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__gte", 0),
                    models.Q(
                        ("maximum__isnull", True),
                        ("maximum__gt", models.F("minimum")),
                        _connector="OR",
                    ),
                    models.Q(("daily_cap__isnull", True), ("daily_cap__gt", 0), _connector="OR"),
                ),
                name="policy_rule_takes_amounts",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalpolicystep",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_p_1be7b_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalpolicystep",
            index=models.Index(fields=["id", "history_date"], name="requests_app_p_1be7b_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalpolicystep",
            index=models.Index(fields=["event"], name="requests_app_p_1be7b_v_event"),
        ),
        migrations.AddConstraint(
            model_name="policystep",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("rule", "number"),
                name="policy_step_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="policystep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("count", 1), ("mode", "any")),
                    models.Q(("count__gte", 1), ("mode", "all")),
                    models.Q(("count__gte", 2), ("mode", "quorum")),
                    _connector="OR",
                ),
                name="policy_step_counts_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="policystep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["lead", "controller", "executive"]),
                    models.Q(
                        ("escalate_to", ""),
                        models.Q(
                            ("escalate_to__in", ["lead", "controller", "executive"]),
                            ("hours__isnull", False),
                        ),
                        _connector="OR",
                    ),
                ),
                name="policy_step_is_for_approvers",
            ),
        ),
        *keys(),
        *references(),
        audit.schema.InstallTriggers(
            tables=[
                ("requests_app_approvallimit", "requests_app_historicalapprovallimit"),
                ("requests_app_approvalpolicy", "requests_app_historicalapprovalpolicy"),
                ("requests_app_delegation", "requests_app_historicaldelegation"),
                ("requests_app_policyrule", "requests_app_historicalpolicyrule"),
                ("requests_app_policystep", "requests_app_historicalpolicystep"),
            ],
        ),
    ]
