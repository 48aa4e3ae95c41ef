"""Accounts, cost centres, tax codes, periods, exchange rates and the journal."""

import audit.schema
import audit.versions
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


# What a reference can point to, and the references: each holds the entity, too.
KEYS = {
    "finance_account": "account_with_its_entity",
    "finance_costcentre": "cost_centre_with_its_entity",
    "finance_taxcode": "tax_code_with_its_entity",
    "finance_period": "period_with_its_entity",
    "finance_journalentry": "journal_entry_with_its_entity",
    "finance_financialadjustment": "financial_adjustment_with_its_entity",
}
REFERENCES = [
    ("finance_taxcode", "account_id", "finance_account", "tax_code_account_is_of_its_entity"),
    ("finance_journalentry", "period_id", "finance_period", "journal_entry_period_is_of_its_entity"),
    ("finance_journalentry", "adjustment_id", "finance_financialadjustment", "journal_entry_adjustment_is_of_its_entity"),
    ("finance_journalentry", "reverses_id", "finance_journalentry", "journal_entry_reverses_one_of_its_entity"),
    ("finance_journalline", "entry_id", "finance_journalentry", "journal_line_is_of_its_entrys_entity"),
    ("finance_journalline", "account_id", "finance_account", "journal_line_account_is_of_its_entity"),
    ("finance_journalline", "cost_centre_id", "finance_costcentre", "journal_line_cost_centre_is_of_its_entity"),
    ("finance_journalline", "tax_code_id", "finance_taxcode", "journal_line_tax_code_is_of_its_entity"),
    ("finance_journalline", "customer_id", "requests_app_customer", "journal_line_customer_is_of_its_entity"),
]  # fmt: skip


def keys() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, entity_id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, name in KEYS.items()
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
        ("audit", "0007_exports_of_the_trail"),
        ("finance", "0004_adjustments"),
        ("requests_app", "0012_mail_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z][0-9A-Z._-]{0,19}\\Z",
                                "Use capitals, digits, points and dashes.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("asset", "Asset"),
                            ("liability", "Liability"),
                            ("equity", "Equity"),
                            ("revenue", "Revenue"),
                            ("contra_revenue", "Contra revenue"),
                            ("expense", "Expense"),
                        ],
                        max_length=14,
                    ),
                ),
                ("is_postable", models.BooleanField(default=True, verbose_name="takes entries")),
                ("is_taxable", models.BooleanField(default=False, verbose_name="takes tax codes")),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="requests_app.entity",
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "code"],
            },
        ),
        migrations.CreateModel(
            name="CostCentre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z][0-9A-Z._-]{0,19}\\Z",
                                "Use capitals, digits, points and dashes.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cost_centres",
                        to="requests_app.entity",
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "code"],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("base", models.CharField(max_length=3)),
                ("quoted", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("source", models.CharField(max_length=60)),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
            ],
            options={
                "ordering": ["base", "quoted", "-day", "source"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("base", "quoted", "day", "source"), name="exchange_rate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rate__gt", 0), models.Q(("base", models.F("quoted")), _negated=True)
                        ),
                        name="exchange_rate_is_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAccount",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("code", models.CharField(blank=True, null=True)),
                ("name", models.CharField(blank=True, null=True)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("asset", "Asset"),
                            ("liability", "Liability"),
                            ("equity", "Equity"),
                            ("revenue", "Revenue"),
                            ("contra_revenue", "Contra revenue"),
                            ("expense", "Expense"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "is_postable",
                    models.BooleanField(blank=True, null=True, verbose_name="takes entries"),
                ),
                (
                    "is_taxable",
                    models.BooleanField(blank=True, null=True, verbose_name="takes tax codes"),
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
            ],
            options={
                "verbose_name": "account version",
                "verbose_name_plural": "account versions",
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
            name="HistoricalCostCentre",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("code", models.CharField(blank=True, null=True)),
                ("name", models.CharField(blank=True, null=True)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
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
            ],
            options={
                "verbose_name": "cost centre version",
                "verbose_name_plural": "cost centre versions",
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
            name="HistoricalExchangeRate",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("base", models.CharField(blank=True, null=True)),
                ("quoted", models.CharField(blank=True, null=True)),
                ("day", models.DateField(blank=True, null=True)),
                ("source", models.CharField(blank=True, null=True)),
                ("rate", audit.versions.UnscaledDecimalField(blank=True, null=True)),
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
            ],
            options={
                "verbose_name": "exchange rate version",
                "verbose_name_plural": "exchange rate versions",
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
            name="HistoricalPeriod",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("month", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "Open"),
                            ("closing", "To be closed"),
                            ("closed", "Closed"),
                            ("reopening", "To be reopened"),
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
                    "asked_by",
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
                "verbose_name": "period version",
                "verbose_name_plural": "period versions",
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
            name="HistoricalTaxCode",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("code", models.CharField(blank=True, null=True)),
                ("name", models.CharField(blank=True, null=True)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "rate",
                    audit.versions.UnscaledDecimalField(
                        blank=True,
                        help_text="In per cent of the net amount.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
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
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.account",
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
                "verbose_name": "tax code version",
                "verbose_name_plural": "tax code versions",
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
            name="Period",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("month", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closing", "To be closed"),
                            ("closed", "Closed"),
                            ("reopening", "To be reopened"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="requests_app.entity",
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "-year", "-month"],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("journal", models.CharField(max_length=4)),
                ("year", models.PositiveSmallIntegerField()),
                ("sequence", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=32, unique=True)),
                ("document_date", models.DateField()),
                ("posting_date", models.DateField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("adjustment", "Adjustment"),
                            ("settlement", "Settlement"),
                            ("reclass", "Reclassification"),
                            ("reversal", "Reversal"),
                            ("manual", "By hand"),
                            ("import", "Import"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("line_count", models.PositiveSmallIntegerField()),
                ("idempotency_key", models.CharField(max_length=100)),
                ("posted_at", models.DateTimeField()),
                (
                    "adjustment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_entries",
                        to="finance.financialadjustment",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_entries",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="finance.journalentry",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="finance.period",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalJournalEntry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("journal", models.CharField(blank=True, null=True)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("sequence", models.PositiveIntegerField(blank=True, null=True)),
                ("number", models.CharField(blank=True, null=True)),
                ("document_date", models.DateField(blank=True, null=True)),
                ("posting_date", models.DateField(blank=True, null=True)),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("adjustment", "Adjustment"),
                            ("settlement", "Settlement"),
                            ("reclass", "Reclassification"),
                            ("reversal", "Reversal"),
                            ("manual", "By hand"),
                            ("import", "Import"),
                        ],
                        null=True,
                    ),
                ),
                ("text", models.CharField(blank=True, null=True)),
                ("line_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("idempotency_key", models.CharField(blank=True, null=True)),
                ("posted_at", models.DateTimeField(blank=True, null=True)),
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
                    "adjustment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.financialadjustment",
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
                    "posted_by",
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
                    "prepared_by",
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
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.journalentry",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.period",
                    ),
                ),
            ],
            options={
                "verbose_name": "journal entry version",
                "verbose_name_plural": "journal entry versions",
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
            name="TaxCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z][0-9A-Z._-]{0,19}\\Z",
                                "Use capitals, digits, points and dashes.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="First day, empty for always.", null=True
                    ),
                ),
                (
                    "ends_on",
                    models.DateField(blank=True, help_text="Last day, empty for open.", null=True),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=4,
                        help_text="In per cent of the net amount.",
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_codes",
                        to="finance.account",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_codes",
                        to="requests_app.entity",
                    ),
                ),
            ],
            options={
                "ordering": ["entity", "code"],
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("project", models.CharField(blank=True, max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("debit", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                ("credit", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                ("rate", models.DecimalField(decimal_places=12, default=1, max_digits=24)),
                ("rate_on", models.DateField(blank=True, null=True)),
                ("base_currency", models.CharField(max_length=3)),
                ("base_debit", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                ("base_credit", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="finance.account",
                    ),
                ),
                (
                    "cost_centre",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="finance.costcentre",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="finance.journalentry",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        help_text="The other entity of an intercompany line.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="finance.taxcode",
                    ),
                ),
            ],
            options={
                "ordering": ["entry", "position"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalJournalLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("position", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("project", models.CharField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, null=True)),
                ("debit", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("credit", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("rate", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("rate_on", models.DateField(blank=True, null=True)),
                ("base_currency", models.CharField(blank=True, null=True)),
                ("base_debit", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("base_credit", audit.versions.UnscaledDecimalField(blank=True, null=True)),
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
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.account",
                    ),
                ),
                (
                    "cost_centre",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.costcentre",
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
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="The other entity of an intercompany line.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.journalentry",
                    ),
                ),
                (
                    "tax_code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.taxcode",
                    ),
                ),
            ],
            options={
                "verbose_name": "journal line version",
                "verbose_name_plural": "journal line versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("entity", "code"), name="account_code_once_per_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="account_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.UniqueConstraint(
                fields=("entity", "code"), name="cost_centre_code_once_per_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="cost_centre_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalaccount",
            index=models.Index(fields=["id", "-history_id"], name="finance_account_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalaccount",
            index=models.Index(fields=["id", "history_date"], name="finance_account_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalaccount",
            index=models.Index(fields=["event"], name="finance_account_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicalcostcentre",
            index=models.Index(fields=["id", "-history_id"], name="finance_costcentre_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalcostcentre",
            index=models.Index(fields=["id", "history_date"], name="finance_costcentre_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalcostcentre",
            index=models.Index(fields=["event"], name="finance_costcentre_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicalexchangerate",
            index=models.Index(fields=["id", "-history_id"], name="finance_exchangerate_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalexchangerate",
            index=models.Index(fields=["id", "history_date"], name="finance_exchangerate_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalexchangerate",
            index=models.Index(fields=["event"], name="finance_exchangerate_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicalperiod",
            index=models.Index(fields=["id", "-history_id"], name="finance_period_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalperiod",
            index=models.Index(fields=["id", "history_date"], name="finance_period_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalperiod",
            index=models.Index(fields=["event"], name="finance_period_v_event"),
        ),
        migrations.AddIndex(
            model_name="historicaltaxcode",
            index=models.Index(fields=["id", "-history_id"], name="finance_taxcode_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicaltaxcode",
            index=models.Index(fields=["id", "history_date"], name="finance_taxcode_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicaltaxcode",
            index=models.Index(fields=["event"], name="finance_taxcode_v_event"),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(
                fields=("entity", "year", "month"), name="period_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("month__gte", 1), ("month__lte", 12), ("year__gte", 1900), ("year__lte", 9999)
                ),
                name="period_is_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["closing", "closed", "reopening"]), _negated=True),
                    ("asked_by__isnull", False),
                    _connector="OR",
                ),
                name="period_somebody_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="period_closed_by_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("entity", "journal", "year", "sequence"), name="journal_entry_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("entity", "idempotency_key"), name="journal_entry_posted_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_count__gte", 2), ("sequence__gte", 1)),
                name="journal_entry_has_lines",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reverses__isnull", True),
                        ("source__in", ["adjustment", "settlement", "reclass", "manual", "import"]),
                    ),
                    models.Q(("reverses__isnull", False), ("source", "reversal")),
                    _connector="OR",
                ),
                name="journal_entry_reversal_names_its_original",
            ),
        ),
        migrations.AddIndex(
            model_name="historicaljournalentry",
            index=models.Index(fields=["id", "-history_id"], name="finance_journalentry_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicaljournalentry",
            index=models.Index(fields=["id", "history_date"], name="finance_journalentry_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicaljournalentry",
            index=models.Index(fields=["event"], name="finance_journalentry_v_event"),
        ),
        migrations.AddConstraint(
            model_name="taxcode",
            constraint=models.UniqueConstraint(
                fields=("entity", "code"), name="tax_code_code_once_per_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="tax_code_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gte", 0), ("rate__lte", 100)),
                name="tax_code_rate_is_a_percentage",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.UniqueConstraint(
                fields=("entry", "position"), name="journal_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("base_credit", 0), ("base_debit__gte", 0), ("credit", 0), ("debit__gt", 0)
                    ),
                    models.Q(
                        ("base_credit__gte", 0), ("base_debit", 0), ("credit__gt", 0), ("debit", 0)
                    ),
                    models.Q(
                        ("base_credit", 0), ("base_debit__gt", 0), ("credit", 0), ("debit", 0)
                    ),
                    models.Q(
                        ("base_credit__gt", 0), ("base_debit", 0), ("credit", 0), ("debit", 0)
                    ),
                    _connector="OR",
                ),
                name="journal_line_has_one_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", models.F("base_currency")), _negated=True),
                    models.Q(
                        ("credit", models.F("base_credit")),
                        ("debit", models.F("base_debit")),
                        ("rate", 1),
                    ),
                    models.Q(("credit", 0), ("debit", 0), ("rate", 1)),
                    _connector="OR",
                ),
                name="journal_line_base_is_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gt", 0)), name="journal_line_rate_is_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="historicaljournalline",
            index=models.Index(fields=["id", "-history_id"], name="finance_journalline_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicaljournalline",
            index=models.Index(fields=["id", "history_date"], name="finance_journalline_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicaljournalline",
            index=models.Index(fields=["event"], name="finance_journalline_v_event"),
        ),
        audit.schema.InstallTriggers(
            tables=[
                ("finance_account", "finance_historicalaccount"),
                ("finance_costcentre", "finance_historicalcostcentre"),
                ("finance_exchangerate", "finance_historicalexchangerate"),
                ("finance_journalentry", "finance_historicaljournalentry"),
                ("finance_journalline", "finance_historicaljournalline"),
                ("finance_period", "finance_historicalperiod"),
                ("finance_taxcode", "finance_historicaltaxcode"),
            ],
        ),
        *keys(),
        *references(),
    ]
