"""The desk: entities, customers, requests with their parts, mail, rules, imports and saved views."""

import audit.creating
import audit.schema
import audit.versions
import datetime
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import requests_app.customers.matching
import requests_app.queue.documents
import simple_history.models
from django.conf import settings
from django.db import migrations, models


CACHE = """
    CREATE UNLOGGED TABLE casetrail_cache (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    );
    CREATE INDEX casetrail_cache_expires ON casetrail_cache (expires);
"""
KEY = "ALTER TABLE requests_app_{table} ADD CONSTRAINT {name} UNIQUE (id, {whose})"
REFERENCE = (
    "ALTER TABLE requests_app_{table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {whose})"
    " REFERENCES requests_app_{target} (id, {whose}) DEFERRABLE"
)
DROP = "ALTER TABLE requests_app_{table} DROP CONSTRAINT {name}"
# What a reference can point to, and the references: each holds whose the row is, too.
KEYS = {
    "entity_id": {
        "customer": "customer_with_its_entity",
        "rawintake": "raw_intake_with_its_entity",
        "supportrequest": "support_request_with_its_entity",
        "mailbox": "mailbox_with_its_entity",
        "outboundmail": "outbound_mail_with_its_entity",
    },
    "support_request_id": {"message": "message_with_its_request"},
}
REFERENCES = {
    "entity_id": [
        ("supportrequest", "customer_id", "customer", "support_request_customer_is_of_its_entity"),
        ("supportrequest", "intake_id", "rawintake", "support_request_original_is_of_its_entity"),
        ("supportrequest", "duplicate_of_id", "supportrequest", "support_request_duplicates_one_of_its_entity"),
        ("approval", "support_request_id", "supportrequest", "approval_is_of_its_requests_entity"),
        ("customer", "merged_into_id", "customer", "customer_is_merged_within_its_entity"),
        ("customeraddress", "customer_id", "customer", "customer_address_is_of_its_entity"),
        ("outboundmail", "support_request_id", "supportrequest", "outbound_mail_is_of_its_requests_entity"),
        ("outboundmail", "mailbox_id", "mailbox", "outbound_mail_is_of_its_mailboxs_entity"),
        ("outboundmail", "original_id", "rawintake", "outbound_mail_original_is_of_its_entity"),
        ("inboundmail", "support_request_id", "supportrequest", "inbound_mail_is_of_its_requests_entity"),
        ("inboundmail", "mailbox_id", "mailbox", "inbound_mail_is_of_its_mailboxs_entity"),
        ("inboundmail", "intake_id", "rawintake", "inbound_mail_original_is_of_its_entity"),
        ("inboundmail", "returned_id", "outboundmail", "inbound_mail_returned_is_of_its_entity"),
    ],
    "support_request_id": [
        ("message", "corrects_id", "message", "message_corrects_one_of_its_request"),
        ("attachment", "message_id", "message", "attachment_message_is_of_its_request"),
    ],
}  # fmt: skip


def kept_together() -> list[migrations.RunSQL]:
    """A request and what it refers to are of one entity, its parts of one request.

    Nothing of it stands in the models, which cannot say it; tests/requests_app/test_entities.py
    finds a reference that lacks it. Checked with each statement; a load in another order may defer
    it.
    """
    keys = [
        migrations.RunSQL(
            KEY.format(table=table, name=name, whose=whose), DROP.format(table=table, name=name)
        )
        for whose, of in KEYS.items()
        for table, name in of.items()
    ]
    return keys + [
        migrations.RunSQL(
            REFERENCE.format(table=table, column=column, target=target, name=name, whose=whose),
            DROP.format(table=table, name=name),
        )
        for whose, of in REFERENCES.items()
        for table, column, target, name in of
    ]


class Migration(migrations.Migration):
    replaces = [
        ("requests_app", "0001_initial"),
        ("requests_app", "0002_one_entity"),
        ("requests_app", "0003_attachments"),
        ("requests_app", "0004_due_dates_and_rules"),
        ("requests_app", "0005_customers"),
        ("requests_app", "0006_mail"),
        ("requests_app", "0007_queue"),
        ("requests_app", "0008_accounts"),
    ]

    dependencies = [
        ("audit", "0006_trail"),
        ("requests_app", "0010_people"),
    ]

    operations = [
        audit.creating.CreateModels(
            models=[
                migrations.CreateModel(
                    name="Entity",
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
                        (
                            "code",
                            models.CharField(
                                help_text="Starts the numbers of its documents, for example US.",
                                max_length=8,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z][A-Z0-9]{1,7}$", "Use 2 to 8 capitals or digits."
                                    )
                                ],
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "currency",
                            models.CharField(help_text="Base currency, ISO 4217.", max_length=3),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=64)),
                        ("is_active", models.BooleanField(default=True)),
                    ],
                    options={
                        "verbose_name_plural": "entities",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Customer",
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
                        ("name", models.CharField(max_length=200)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=50)),
                        (
                            "reference",
                            models.CharField(
                                blank=True,
                                help_text="Their number in another system.",
                                max_length=100,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="customers",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="requests_app.customer",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "indexes": [
                            models.Index(
                                fields=["entity", "reference"], name="customer_by_reference"
                            ),
                            models.Index(
                                models.F("entity"),
                                django.db.models.functions.text.Lower("email"),
                                name="customer_by_email",
                            ),
                            models.Index(
                                models.F("entity"),
                                requests_app.customers.matching.Digits("phone"),
                                name="customer_by_phone",
                            ),
                            models.Index(
                                models.F("entity"),
                                requests_app.customers.matching.Letters("name"),
                                name="customer_by_name",
                            ),
                            models.Index(fields=["entity", "-id"], name="customer_list"),
                            django.contrib.postgres.indexes.GinIndex(
                                requests_app.customers.matching.Words(
                                    "name", "email", "phone", "reference"
                                ),
                                name="customer_words",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                requests_app.queue.documents.Together(
                                    requests_app.queue.documents.Words(models.F("name")),
                                    requests_app.queue.documents.Words(models.F("email")),
                                    requests_app.queue.documents.Words(models.F("reference")),
                                ),
                                name="customer_search",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True),
                                    models.Q(("merged_into", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="customer_is_not_merged_into_itself",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerAddress",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("email", "E-mail"),
                                    ("phone", "Phone"),
                                    ("postal", "Post"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("value", models.CharField(max_length=500)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="addresses",
                                to="requests_app.customer",
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
                    ],
                    options={
                        "verbose_name": "customer address",
                        "verbose_name_plural": "customer addresses",
                        "ordering": ["id"],
                        "indexes": [
                            models.Index(
                                models.F("entity"),
                                django.db.models.functions.text.Lower("value"),
                                name="customer_address_by_value",
                            ),
                            models.Index(
                                models.F("entity"),
                                requests_app.customers.matching.Digits("value"),
                                condition=models.Q(("kind", "phone")),
                                name="customer_address_by_phone",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                requests_app.customers.matching.Words("value"),
                                name="customer_address_words",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("customer"),
                                models.F("kind"),
                                django.db.models.functions.text.Lower("value"),
                                condition=models.Q(("ended_at__isnull", True)),
                                name="customer_address_in_use_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("value", ""), _negated=True),
                                name="customer_address_is_not_empty",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExportJob",
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
                        ("query", models.CharField(blank=True, max_length=4000)),
                        ("zone", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting for the worker"),
                                    ("running", "Being written"),
                                    ("ready", "Ready"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("rows_expected", models.PositiveIntegerField()),
                        ("rows_done", models.PositiveIntegerField(default=0)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "event_id",
                            models.BigIntegerField(help_text="The export, as recorded.", null=True),
                        ),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="export_jobs",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
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
                        ("content", models.BinaryField()),
                        (
                            "job",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="requests_app.exportjob",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
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
                        ("profile", models.CharField(max_length=60)),
                        ("profile_version", models.CharField(max_length=20)),
                        ("file_name", models.CharField(max_length=255)),
                        (
                            "file_digest",
                            models.CharField(
                                help_text="SHA-256 of the unpacked bytes.", max_length=64
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("stopped", "Stopped"),
                                    ("failed", "Failed"),
                                ],
                                default="running",
                                max_length=10,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("imported", models.PositiveIntegerField(default=0)),
                        (
                            "skipped",
                            models.PositiveIntegerField(
                                default=0, help_text="Rows that stood here already."
                            ),
                        ),
                        ("rejected", models.PositiveIntegerField(default=0)),
                        ("report", models.JSONField(default=dict)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="import_runs",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="Mailbox",
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
                        ("address", models.EmailField(max_length=254)),
                        (
                            "display_name",
                            models.CharField(
                                blank=True,
                                help_text="Sender's name of what is mailed; else the entity's.",
                                max_length=200,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "imap_host",
                            models.CharField(
                                blank=True, help_text="Empty: not fetched.", max_length=253
                            ),
                        ),
                        ("imap_port", models.PositiveIntegerField(default=993)),
                        ("imap_user", models.CharField(blank=True, max_length=320)),
                        ("imap_folder", models.CharField(default="INBOX", max_length=200)),
                        (
                            "password_name",
                            models.CharField(
                                blank=True,
                                help_text="Its password stands in MAILBOX_PASSWORD_ and this name.",
                                max_length=40,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z0-9_]*\\Z", "Use capitals, digits and _ only."
                                    )
                                ],
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mailboxes",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "mailboxes",
                        "ordering": ["entity", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("address"),
                                name="mailbox_once_per_address",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NumberSeries",
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
                        ("series", models.CharField(max_length=4)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.PositiveIntegerField(default=0)),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "number series",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "series", "year"),
                                name="number_series_once_per_year",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RawIntake",
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
                        ("media_type", models.CharField(max_length=100)),
                        ("content", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField(help_text="Bytes.")),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "raw intake",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("content", b""), ("sha256", "")),
                                    (
                                        "sha256",
                                        models.Func(
                                            models.Func(models.F("content"), function="sha256"),
                                            models.Value("hex"),
                                            function="encode",
                                            output_field=models.TextField(),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="raw_intake_hash_is_of_its_content",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleGrant",
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
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("agent", "Agent"),
                                    ("lead", "Lead"),
                                    ("controller", "Controller"),
                                    ("executive", "Executive"),
                                    ("accountant", "Accountant"),
                                    ("treasurer", "Treasurer"),
                                    ("auditor", "Auditor"),
                                    ("privacy_officer", "Privacy officer"),
                                    ("administrator", "Administrator"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True, help_text="Last day, empty for open.", null=True
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="grants",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="grants",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity", "person", "role", "starts_on"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="role_grant_ends_after_start",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rule",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("assign_by_category", "Assign by category"),
                                    ("close_after_silence", "Close after silence"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("category", models.CharField(blank=True, max_length=100)),
                        ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("trouble", models.CharField(blank=True, max_length=300)),
                        ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                        (
                            "assignee",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rules",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity", "-is_active", "kind", "category", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("entity"),
                                models.F("kind"),
                                django.db.models.functions.text.Lower("category"),
                                condition=models.Q(("is_active", True)),
                                name="one_rule_in_use_per_category",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("category", ""), _negated=True),
                                        ("assignee__isnull", False),
                                        ("days__isnull", True),
                                        ("kind", "assign_by_category"),
                                    ),
                                    models.Q(
                                        ("assignee__isnull", True),
                                        ("days__gt", 0),
                                        ("days__isnull", False),
                                        ("kind", "close_after_silence"),
                                    ),
                                    _connector="OR",
                                ),
                                name="rule_says_what_it_does",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
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
                        (
                            "page",
                            models.CharField(
                                choices=[("requests", "Requests"), ("trail", "Trail")],
                                max_length=20,
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("query", models.CharField(blank=True, max_length=2000)),
                        ("is_ended", models.BooleanField(default=False)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="saved_views",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "shared_with",
                            models.ForeignKey(
                                blank=True,
                                help_text="Everybody with a role there may use it; empty for its owner alone.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("owner"),
                                models.F("page"),
                                django.db.models.functions.text.Lower("name"),
                                condition=models.Q(("is_ended", False)),
                                name="saved_view_name_once_per_owner",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceLevel",
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
                        (
                            "priority",
                            models.CharField(
                                choices=[
                                    ("critical", "Critical"),
                                    ("high", "High"),
                                    ("normal", "Normal"),
                                    ("low", "Low"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "first_response_minutes",
                            models.PositiveIntegerField(verbose_name="first response within"),
                        ),
                        (
                            "resolution_minutes",
                            models.PositiveIntegerField(verbose_name="done within"),
                        ),
                        (
                            "warn_minutes",
                            models.PositiveIntegerField(verbose_name="warning before"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="service_levels",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity", "-is_active", "resolution_minutes", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=("entity", "priority"),
                                name="one_service_level_in_use_per_priority",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("first_response_minutes__gt", 0),
                                    ("resolution_minutes__gte", models.F("first_response_minutes")),
                                    ("warn_minutes__lt", models.F("resolution_minutes")),
                                ),
                                name="service_level_answers_before_it_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupportRequest",
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
                        ("number", models.CharField(editable=False, max_length=24, unique=True)),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="Import profile, if imported.", max_length=40
                            ),
                        ),
                        (
                            "source_number",
                            models.CharField(
                                blank=True, max_length=100, verbose_name="number at the source"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("mail", "Mail"),
                                    ("portal", "Portal"),
                                    ("phone", "Phone"),
                                    ("api", "API"),
                                    ("import", "Import"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("subject", models.CharField(max_length=300)),
                        ("description", models.TextField(blank=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("new", "New"),
                                    ("triaged", "Triaged"),
                                    ("in_progress", "In progress"),
                                    ("waiting_customer", "Waiting for customer"),
                                    ("waiting_vendor", "Waiting for vendor"),
                                    ("waiting_evidence", "Waiting for evidence"),
                                    ("waiting_problem", "Waiting for a known problem"),
                                    ("awaiting_approval", "Awaiting approval"),
                                    ("approved", "Approved"),
                                    ("executing", "Executing"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("rejected", "Rejected"),
                                    ("cancelled", "Cancelled"),
                                    ("duplicate", "Duplicate"),
                                    ("unknown", "Unknown at the source"),
                                ],
                                default="new",
                                max_length=20,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                choices=[
                                    ("critical", "Critical"),
                                    ("high", "High"),
                                    ("normal", "Normal"),
                                    ("low", "Low"),
                                ],
                                default="normal",
                                max_length=10,
                            ),
                        ),
                        ("category", models.CharField(blank=True, max_length=100)),
                        ("invoice_reference", models.CharField(blank=True, max_length=100)),
                        (
                            "claimed_amount",
                            models.DecimalField(
                                blank=True, decimal_places=4, max_digits=19, null=True
                            ),
                        ),
                        ("claimed_currency", models.CharField(blank=True, max_length=3)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "resolution",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("refunded", "Refunded"),
                                    ("credited", "Credited"),
                                    ("replaced", "Replaced"),
                                    ("explained", "Explained"),
                                    ("fixed", "Fixed"),
                                    ("no_fault", "No fault found"),
                                    ("withdrawn", "Withdrawn by the customer"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("resolution_note", models.TextField(blank=True)),
                        (
                            "custom",
                            models.JSONField(
                                blank=True, default=dict, verbose_name="custom fields"
                            ),
                        ),
                        (
                            "assignee",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assigned_requests",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="support_requests",
                                to="requests_app.customer",
                            ),
                        ),
                        (
                            "duplicate_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="support_requests",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                        (
                            "due_by_hand_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="due date set by hand"
                            ),
                        ),
                        (
                            "due_from",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="clock counts from"
                            ),
                        ),
                        (
                            "due_paused_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="clock paused"
                            ),
                        ),
                        (
                            "due_soon_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="due soon from"
                            ),
                        ),
                        (
                            "ended_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="work ended"),
                        ),
                        (
                            "first_responded_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="first response"
                            ),
                        ),
                        (
                            "first_response_due_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="first response due"
                            ),
                        ),
                        (
                            "service_level_version",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="version of the service level"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["entity", "-id"], name="support_request_list"),
                            models.Index(
                                fields=["entity", "status", "-id"], name="support_request_by_status"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("due_at__isnull", False), ("ended_at__isnull", True)
                                ),
                                fields=["due_at"],
                                name="support_request_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("due_at__isnull", False), ("ended_at__isnull", True)
                                ),
                                fields=["due_soon_at"],
                                name="support_request_due_soon",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("ended_at__isnull", True),
                                    ("first_responded_at__isnull", True),
                                    ("first_response_due_at__isnull", False),
                                ),
                                fields=["first_response_due_at"],
                                name="support_request_unanswered",
                            ),
                            models.Index(
                                condition=models.Q(("status", "resolved")),
                                fields=["ended_at"],
                                name="support_request_silent",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                requests_app.queue.documents.Together(
                                    requests_app.queue.documents.Words(models.F("number")),
                                    requests_app.queue.documents.Words(models.F("source_number")),
                                    requests_app.queue.documents.Words(models.F("subject")),
                                    requests_app.queue.documents.Words(
                                        django.db.models.functions.text.Left("description", 100000)
                                    ),
                                ),
                                name="support_request_search",
                            ),
                            models.Index(
                                django.db.models.functions.comparison.Coalesce(
                                    "claimed_amount",
                                    models.Value(-1),
                                    output_field=models.DecimalField(),
                                ),
                                models.F("id"),
                                name="support_request_by_amount",
                            ),
                            models.Index(
                                models.Case(
                                    models.When(priority="critical", then=models.Value(0)),
                                    models.When(priority="high", then=models.Value(1)),
                                    models.When(priority="normal", then=models.Value(2)),
                                    models.When(priority="low", then=models.Value(3)),
                                    default=models.Value(4),
                                    output_field=models.IntegerField(),
                                ),
                                models.F("id"),
                                name="support_request_by_urgency",
                            ),
                            models.Index(
                                models.Case(
                                    models.When(
                                        models.Q(
                                            ("due_at__isnull", False),
                                            ("ended_at__isnull", True),
                                            models.Q(
                                                ("due_paused_at__isnull", True),
                                                ("due_by_hand_at__isnull", False),
                                                _connector="OR",
                                            ),
                                        ),
                                        then=models.F("due_at"),
                                    ),
                                    default=models.Value(
                                        datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC)
                                    ),
                                    output_field=models.DateTimeField(),
                                ),
                                models.F("id"),
                                name="support_request_by_due",
                            ),
                            models.Index(fields=["received_at"], name="support_request_received"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("source_number", ""), _negated=True),
                                fields=("entity", "source", "source_number"),
                                name="support_request_once_per_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("claimed_amount__isnull", True),
                                    ("claimed_amount__gt", 0),
                                    _connector="OR",
                                ),
                                name="claimed_amount_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("claimed_amount__isnull", True),
                                    models.Q(("claimed_currency", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="claimed_amount_has_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Approval",
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
                        ("step", models.PositiveSmallIntegerField(default=1)),
                        ("required_role", models.CharField(max_length=20)),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("returned", "Returned for changes"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=4, max_digits=19)),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "content_hash",
                            models.CharField(
                                help_text="SHA-256 of what is decided.", max_length=64
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "approver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["support_request", "step"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approver__isnull", True),
                                        ("decided_at__isnull", True),
                                        ("decision", "pending"),
                                    ),
                                    models.Q(
                                        models.Q(("decision", "pending"), _negated=True),
                                        ("approver__isnull", False),
                                        ("decided_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="approval_decided_has_person_and_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DueNotice",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("due_soon", "Due soon"),
                                    ("due_breached", "Not done when due"),
                                    ("first_response_breached", "No first response when due"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("due_at", models.DateTimeField(verbose_name="of the due date")),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="due_notices",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("support_request", "kind", "due_at"),
                                name="one_notice_per_due_date",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("reply", "Reply"),
                                    ("note", "Internal note"),
                                    ("customer", "From the customer"),
                                    ("automatic", "Automatic mail"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("author_label", models.CharField(max_length=200)),
                        ("body", models.TextField()),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(
                                requests_app.queue.documents.Words(
                                    django.db.models.functions.text.Left("body", 100000)
                                ),
                                name="message_search",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
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
                        ("author_label", models.CharField(max_length=200)),
                        ("name", models.CharField(max_length=255)),
                        ("content_type", models.CharField(max_length=100)),
                        ("claimed_type", models.CharField(blank=True, max_length=100)),
                        ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
                        ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                        ("storage_key", models.CharField(max_length=100, unique=True)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("clean", "Nothing found"),
                                    ("not_scanned", "Not scanned"),
                                ],
                                max_length=12,
                                verbose_name="virus scan",
                            ),
                        ),
                        ("scanner", models.CharField(blank=True, max_length=100)),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("size__gt", 0)), name="attachment_is_not_empty"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                                name="attachment_has_a_hash",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutboundMail",
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
                        ("recipient", models.EmailField(max_length=254)),
                        (
                            "header_id",
                            models.CharField(
                                max_length=300, unique=True, verbose_name="Message-ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting to be mailed"),
                                    ("sent", "Mailed"),
                                    ("failed", "Not mailed"),
                                    ("returned", "Came back"),
                                ],
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "error",
                            models.TextField(
                                blank=True, help_text="What the other server said last."
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
                            "mailbox",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.mailbox",
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sent_mail",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "original",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "queued")),
                                fields=["next_attempt_at"],
                                name="outbound_mail_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["sent", "returned"]), _negated=True),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="outbound_mail_sent_has_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("next_attempt_at__isnull", False), ("state", "queued")
                                    ),
                                    models.Q(
                                        models.Q(("state", "queued"), _negated=True),
                                        ("next_attempt_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="outbound_mail_waits_for_a_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InboundMail",
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
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("opened", "Opened a request"),
                                    ("answered", "Answered a request"),
                                    ("filed", "Automatic, filed with its request"),
                                    ("returned", "Says that a mail did not arrive"),
                                    ("unrouted", "Automatic, on no request"),
                                    ("set_aside", "Could not be read"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "fingerprint",
                            models.CharField(
                                help_text="Of what makes it the same mail.", max_length=64
                            ),
                        ),
                        (
                            "header_id",
                            models.CharField(blank=True, max_length=300, verbose_name="Message-ID"),
                        ),
                        ("sender", models.CharField(blank=True, max_length=320)),
                        ("sender_name", models.CharField(blank=True, max_length=200)),
                        ("subject", models.CharField(blank=True, max_length=300)),
                        ("automatic", models.CharField(blank=True, max_length=200)),
                        ("remark", models.CharField(blank=True, max_length=500)),
                        ("attachments", models.PositiveIntegerField(default=0)),
                        ("received_at", models.DateTimeField()),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "intake",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="received_mail",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.mailbox",
                            ),
                        ),
                        (
                            "returned",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="requests_app.outboundmail",
                                verbose_name="mail that came back",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                fields=["entity", "header_id"], name="inbound_mail_by_header_id"
                            ),
                            models.Index(
                                condition=models.Q(("support_request__isnull", True)),
                                fields=["entity", "-id"],
                                name="inbound_mail_unrouted",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("entity", "fingerprint"),
                                name="inbound_mail_once_per_entity",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkCalendar",
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
                        ("name", models.CharField(max_length=100)),
                        ("time_zone", models.CharField(max_length=64)),
                        ("hours", models.JSONField(default=dict, verbose_name="weekly hours")),
                        (
                            "country",
                            models.CharField(blank=True, max_length=2, verbose_name="holidays of"),
                        ),
                        (
                            "subdivision",
                            models.CharField(
                                blank=True, max_length=10, verbose_name="part of the country"
                            ),
                        ),
                        (
                            "days",
                            models.JSONField(blank=True, default=dict, verbose_name="single days"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                        (
                            "entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calendars",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["entity", "-is_active", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=("entity",),
                                name="one_calendar_in_use",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalApproval",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("step", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("required_role", models.CharField(blank=True, null=True)),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("pending", "Pending"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("returned", "Returned for changes"),
                                ],
                                null=True,
                            ),
                        ),
                        ("amount", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, null=True)),
                        (
                            "content_hash",
                            models.CharField(
                                blank=True, help_text="SHA-256 of what is decided.", null=True
                            ),
                        ),
                        ("reason", models.TextField(blank=True, null=True)),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "approver",
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
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "approval version",
                        "verbose_name_plural": "approval versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_a_434ac_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_a_434ac_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_a_434ac_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalAttachment",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("author_label", models.CharField(blank=True, null=True)),
                        ("name", models.CharField(blank=True, null=True)),
                        ("content_type", models.CharField(blank=True, null=True)),
                        ("claimed_type", models.CharField(blank=True, null=True)),
                        (
                            "size",
                            models.PositiveBigIntegerField(
                                blank=True, help_text="Bytes.", null=True
                            ),
                        ),
                        ("sha256", models.CharField(blank=True, null=True, verbose_name="SHA-256")),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("clean", "Nothing found"),
                                    ("not_scanned", "Not scanned"),
                                ],
                                null=True,
                                verbose_name="virus scan",
                            ),
                        ),
                        ("scanner", models.CharField(blank=True, null=True)),
                        ("added_at", models.DateTimeField(blank=True, null=True)),
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
                            "author",
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
                            "message",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "attachment version",
                        "verbose_name_plural": "attachment versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_a_e93ba_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_a_e93ba_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_a_e93ba_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalCustomer",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("email", models.CharField(blank=True, null=True)),
                        ("phone", models.CharField(blank=True, null=True)),
                        (
                            "reference",
                            models.CharField(
                                blank=True, help_text="Their number in another system.", null=True
                            ),
                        ),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.customer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "customer version",
                        "verbose_name_plural": "customer versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_c_bf772_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_c_bf772_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_c_bf772_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalCustomerAddress",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("email", "E-mail"),
                                    ("phone", "Phone"),
                                    ("postal", "Post"),
                                ],
                                null=True,
                            ),
                        ),
                        ("value", models.CharField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.customer",
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
                    ],
                    options={
                        "verbose_name": "customer address version",
                        "verbose_name_plural": "customer address versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_c_201d8_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_c_201d8_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_c_201d8_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalDueNotice",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("due_soon", "Due soon"),
                                    ("due_breached", "Not done when due"),
                                    ("first_response_breached", "No first response when due"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "due_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="of the due date"
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
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "due notice version",
                        "verbose_name_plural": "due notice versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_d_07d6e_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_d_07d6e_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_d_07d6e_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalEntity",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "code",
                            models.CharField(
                                blank=True,
                                help_text="Starts the numbers of its documents, for example US.",
                                null=True,
                            ),
                        ),
                        ("name", models.CharField(blank=True, null=True)),
                        (
                            "currency",
                            models.CharField(
                                blank=True, help_text="Base currency, ISO 4217.", null=True
                            ),
                        ),
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
                    ],
                    options={
                        "verbose_name": "entity version",
                        "verbose_name_plural": "entity versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_entity_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_entity_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_entity_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalImportRun",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("profile", models.CharField(blank=True, null=True)),
                        ("profile_version", models.CharField(blank=True, null=True)),
                        ("file_name", models.CharField(blank=True, null=True)),
                        (
                            "file_digest",
                            models.CharField(
                                blank=True, help_text="SHA-256 of the unpacked bytes.", null=True
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("running", "Running"),
                                    ("finished", "Finished"),
                                    ("stopped", "Stopped"),
                                    ("failed", "Failed"),
                                ],
                                null=True,
                            ),
                        ),
                        ("rows", models.PositiveIntegerField(blank=True, null=True)),
                        ("imported", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "skipped",
                            models.PositiveIntegerField(
                                blank=True, help_text="Rows that stood here already.", null=True
                            ),
                        ),
                        ("rejected", models.PositiveIntegerField(blank=True, null=True)),
                        ("report", models.JSONField(blank=True, null=True)),
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
                    ],
                    options={
                        "verbose_name": "import run version",
                        "verbose_name_plural": "import run versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_i_13131_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_i_13131_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_i_13131_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalInboundMail",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("opened", "Opened a request"),
                                    ("answered", "Answered a request"),
                                    ("filed", "Automatic, filed with its request"),
                                    ("returned", "Says that a mail did not arrive"),
                                    ("unrouted", "Automatic, on no request"),
                                    ("set_aside", "Could not be read"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "fingerprint",
                            models.CharField(
                                blank=True, help_text="Of what makes it the same mail.", null=True
                            ),
                        ),
                        (
                            "header_id",
                            models.CharField(blank=True, null=True, verbose_name="Message-ID"),
                        ),
                        ("sender", models.CharField(blank=True, null=True)),
                        ("sender_name", models.CharField(blank=True, null=True)),
                        ("subject", models.CharField(blank=True, null=True)),
                        ("automatic", models.CharField(blank=True, null=True)),
                        ("remark", models.CharField(blank=True, null=True)),
                        ("attachments", models.PositiveIntegerField(blank=True, null=True)),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
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
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.mailbox",
                            ),
                        ),
                        (
                            "returned",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.outboundmail",
                                verbose_name="mail that came back",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "inbound mail version",
                        "verbose_name_plural": "inbound mail versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_i_1afe1_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_i_1afe1_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_i_1afe1_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalMailbox",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("address", models.CharField(blank=True, null=True)),
                        (
                            "display_name",
                            models.CharField(
                                blank=True,
                                help_text="Sender's name of what is mailed; else the entity's.",
                                null=True,
                            ),
                        ),
                        ("is_active", models.BooleanField(blank=True, null=True)),
                        (
                            "imap_host",
                            models.CharField(
                                blank=True, help_text="Empty: not fetched.", null=True
                            ),
                        ),
                        ("imap_port", models.PositiveIntegerField(blank=True, null=True)),
                        ("imap_user", models.CharField(blank=True, null=True)),
                        ("imap_folder", models.CharField(blank=True, null=True)),
                        (
                            "password_name",
                            models.CharField(
                                blank=True,
                                help_text="Its password stands in MAILBOX_PASSWORD_ and this name.",
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                    ],
                    options={
                        "verbose_name": "mailbox version",
                        "verbose_name_plural": "mailbox versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_mailbox_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_mailbox_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_mailbox_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalMessage",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("reply", "Reply"),
                                    ("note", "Internal note"),
                                    ("customer", "From the customer"),
                                    ("automatic", "Automatic mail"),
                                ],
                                null=True,
                            ),
                        ),
                        ("author_label", models.CharField(blank=True, null=True)),
                        ("body", models.TextField(blank=True, null=True)),
                        ("written_at", models.DateTimeField(blank=True, null=True)),
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
                            "author",
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
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "message version",
                        "verbose_name_plural": "message versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_message_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_message_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_message_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalOutboundMail",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("recipient", models.CharField(blank=True, null=True)),
                        (
                            "header_id",
                            models.CharField(blank=True, null=True, verbose_name="Message-ID"),
                        ),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("queued", "Waiting to be mailed"),
                                    ("sent", "Mailed"),
                                    ("failed", "Not mailed"),
                                    ("returned", "Came back"),
                                ],
                                null=True,
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(blank=True, null=True)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "error",
                            models.TextField(
                                blank=True, help_text="What the other server said last.", null=True
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                            "message",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.message",
                            ),
                        ),
                        (
                            "original",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                        (
                            "mailbox",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.mailbox",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "outbound mail version",
                        "verbose_name_plural": "outbound mail versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_o_a453f_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_o_a453f_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_o_a453f_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalRawIntake",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("media_type", models.CharField(blank=True, null=True)),
                        ("sha256", models.CharField(blank=True, null=True)),
                        (
                            "size",
                            models.PositiveIntegerField(blank=True, help_text="Bytes.", null=True),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                    ],
                    options={
                        "verbose_name": "raw intake version",
                        "verbose_name_plural": "raw intake versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_r_eda81_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_r_eda81_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_r_eda81_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalRoleGrant",
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
                                    ("agent", "Agent"),
                                    ("lead", "Lead"),
                                    ("controller", "Controller"),
                                    ("executive", "Executive"),
                                    ("accountant", "Accountant"),
                                    ("treasurer", "Treasurer"),
                                    ("auditor", "Auditor"),
                                    ("privacy_officer", "Privacy officer"),
                                    ("administrator", "Administrator"),
                                ],
                                null=True,
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True)),
                        (
                            "ends_on",
                            models.DateField(
                                blank=True, help_text="Last day, empty for open.", null=True
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "role grant version",
                        "verbose_name_plural": "role grant versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_r_c9e3e_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_r_c9e3e_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_r_c9e3e_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalRule",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("assign_by_category", "Assign by category"),
                                    ("close_after_silence", "Close after silence"),
                                ],
                                null=True,
                            ),
                        ),
                        ("name", models.CharField(blank=True, null=True)),
                        ("category", models.CharField(blank=True, null=True)),
                        ("days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("trouble", models.CharField(blank=True, null=True)),
                        (
                            "is_active",
                            models.BooleanField(blank=True, null=True, verbose_name="in use"),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "assignee",
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
                    ],
                    options={
                        "verbose_name": "rule version",
                        "verbose_name_plural": "rule versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_rule_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_rule_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_rule_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalSavedView",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "page",
                            models.CharField(
                                blank=True,
                                choices=[("requests", "Requests"), ("trail", "Trail")],
                                null=True,
                            ),
                        ),
                        ("name", models.CharField(blank=True, null=True)),
                        ("query", models.CharField(blank=True, null=True)),
                        ("is_ended", models.BooleanField(blank=True, null=True)),
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
                            "owner",
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
                            "shared_with",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                help_text="Everybody with a role there may use it; empty for its owner alone.",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.entity",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "saved view version",
                        "verbose_name_plural": "saved view versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_s_a2373_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_s_a2373_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_s_a2373_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalServiceLevel",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        (
                            "priority",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("critical", "Critical"),
                                    ("high", "High"),
                                    ("normal", "Normal"),
                                    ("low", "Low"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "first_response_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="first response within"
                            ),
                        ),
                        (
                            "resolution_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="done within"
                            ),
                        ),
                        (
                            "warn_minutes",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="warning before"
                            ),
                        ),
                        (
                            "is_active",
                            models.BooleanField(blank=True, null=True, verbose_name="in use"),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                    ],
                    options={
                        "verbose_name": "service level version",
                        "verbose_name_plural": "service level versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_s_9aa0f_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_s_9aa0f_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_s_9aa0f_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalSupportRequest",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("number", models.CharField(blank=True, editable=False, null=True)),
                        (
                            "source",
                            models.CharField(
                                blank=True, help_text="Import profile, if imported.", null=True
                            ),
                        ),
                        (
                            "source_number",
                            models.CharField(
                                blank=True, null=True, verbose_name="number at the source"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("mail", "Mail"),
                                    ("portal", "Portal"),
                                    ("phone", "Phone"),
                                    ("api", "API"),
                                    ("import", "Import"),
                                ],
                                null=True,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, null=True)),
                        ("description", models.TextField(blank=True, null=True)),
                        (
                            "status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("new", "New"),
                                    ("triaged", "Triaged"),
                                    ("in_progress", "In progress"),
                                    ("waiting_customer", "Waiting for customer"),
                                    ("waiting_vendor", "Waiting for vendor"),
                                    ("waiting_evidence", "Waiting for evidence"),
                                    ("waiting_problem", "Waiting for a known problem"),
                                    ("awaiting_approval", "Awaiting approval"),
                                    ("approved", "Approved"),
                                    ("executing", "Executing"),
                                    ("resolved", "Resolved"),
                                    ("closed", "Closed"),
                                    ("rejected", "Rejected"),
                                    ("cancelled", "Cancelled"),
                                    ("duplicate", "Duplicate"),
                                    ("unknown", "Unknown at the source"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "priority",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("critical", "Critical"),
                                    ("high", "High"),
                                    ("normal", "Normal"),
                                    ("low", "Low"),
                                ],
                                null=True,
                            ),
                        ),
                        ("category", models.CharField(blank=True, null=True)),
                        ("invoice_reference", models.CharField(blank=True, null=True)),
                        (
                            "claimed_amount",
                            audit.versions.UnscaledDecimalField(blank=True, null=True),
                        ),
                        ("claimed_currency", models.CharField(blank=True, null=True)),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "resolution",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("refunded", "Refunded"),
                                    ("credited", "Credited"),
                                    ("replaced", "Replaced"),
                                    ("explained", "Explained"),
                                    ("fixed", "Fixed"),
                                    ("no_fault", "No fault found"),
                                    ("withdrawn", "Withdrawn by the customer"),
                                ],
                                null=True,
                            ),
                        ),
                        ("resolution_note", models.TextField(blank=True, null=True)),
                        (
                            "custom",
                            models.JSONField(blank=True, null=True, verbose_name="custom fields"),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "assignee",
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
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.customer",
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
                            "intake",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.rawintake",
                            ),
                        ),
                        (
                            "duplicate_of",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                        (
                            "due_by_hand_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="due date set by hand"
                            ),
                        ),
                        (
                            "due_from",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="clock counts from"
                            ),
                        ),
                        (
                            "due_paused_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="clock paused"
                            ),
                        ),
                        (
                            "due_soon_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="due soon from"
                            ),
                        ),
                        (
                            "ended_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="work ended"),
                        ),
                        (
                            "first_responded_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="first response"
                            ),
                        ),
                        (
                            "first_response_due_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="first response due"
                            ),
                        ),
                        (
                            "service_level_version",
                            models.BigIntegerField(
                                blank=True, null=True, verbose_name="version of the service level"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "support request version",
                        "verbose_name_plural": "support request versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_s_eb317_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_s_eb317_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_s_eb317_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalWorkCalendar",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("time_zone", models.CharField(blank=True, null=True)),
                        (
                            "hours",
                            models.JSONField(blank=True, null=True, verbose_name="weekly hours"),
                        ),
                        (
                            "country",
                            models.CharField(blank=True, null=True, verbose_name="holidays of"),
                        ),
                        (
                            "subdivision",
                            models.CharField(
                                blank=True, null=True, verbose_name="part of the country"
                            ),
                        ),
                        (
                            "days",
                            models.JSONField(blank=True, null=True, verbose_name="single days"),
                        ),
                        (
                            "is_active",
                            models.BooleanField(blank=True, null=True, verbose_name="in use"),
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
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
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
                    ],
                    options={
                        "verbose_name": "work calendar version",
                        "verbose_name_plural": "work calendar versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="requests_app_w_f3f04_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="requests_app_w_f3f04_v_date"
                            ),
                            models.Index(fields=["event"], name="requests_app_w_f3f04_v_event"),
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
            tables=[
                (
                    "requests_app_approval",
                    "requests_app_historicalapproval",
                    [],
                    "support_request_id",
                ),
                (
                    "requests_app_attachment",
                    "requests_app_historicalattachment",
                    ["storage_key"],
                    "support_request_id",
                ),
                ("requests_app_customer", "requests_app_historicalcustomer"),
                ("requests_app_customeraddress", "requests_app_historicalcustomeraddress"),
                (
                    "requests_app_duenotice",
                    "requests_app_historicalduenotice",
                    [],
                    "support_request_id",
                ),
                ("requests_app_entity", "requests_app_historicalentity"),
                ("requests_app_importrun", "requests_app_historicalimportrun"),
                (
                    "requests_app_inboundmail",
                    "requests_app_historicalinboundmail",
                    [],
                    "support_request_id",
                ),
                ("requests_app_mailbox", "requests_app_historicalmailbox"),
                (
                    "requests_app_message",
                    "requests_app_historicalmessage",
                    [],
                    "support_request_id",
                ),
                (
                    "requests_app_outboundmail",
                    "requests_app_historicaloutboundmail",
                    [],
                    "support_request_id",
                ),
                ("requests_app_rawintake", "requests_app_historicalrawintake", ["content"], ""),
                ("requests_app_rolegrant", "requests_app_historicalrolegrant"),
                ("requests_app_rule", "requests_app_historicalrule"),
                ("requests_app_savedview", "requests_app_historicalsavedview"),
                ("requests_app_servicelevel", "requests_app_historicalservicelevel"),
                ("requests_app_supportrequest", "requests_app_historicalsupportrequest", [], "id"),
                ("requests_app_workcalendar", "requests_app_historicalworkcalendar"),
            ],
        ),
        *kept_together(),
        # What limits attempts is counted here, by all processes. Nothing of it is worth a log.
        migrations.RunSQL(CACHE, "DROP TABLE casetrail_cache"),
    ]
