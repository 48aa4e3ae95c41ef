"""Invoices with their lines and payments, and the files that they came from."""

import audit.schema
import audit.versions
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

# What a reference can point to, and the references: each holds the entity, too, and lines and
# payments are in the currency of their invoice.
KEYS = (
    ("finance_invoice", "id, entity_id", "invoice_with_its_entity"),
    ("finance_invoice", "id, entity_id, currency", "invoice_with_its_currency"),
    ("finance_invoicepayment", "id, entity_id", "invoice_payment_with_its_entity"),
    ("finance_invoiceimport", "id, entity_id", "invoice_import_with_its_entity"),
)
BOTH, ALL_THREE = "entity_id", "entity_id, currency"
REFERENCES = (
    ("finance_invoice", "customer_id", BOTH, "requests_app_customer", "invoice_customer_is_of_its_entity"),
    ("finance_invoice", "imported_in_id", BOTH, "finance_invoiceimport", "invoice_import_is_of_its_entity"),
    ("finance_invoiceline", "invoice_id", ALL_THREE, "finance_invoice", "invoice_line_is_of_its_invoices_entity"),
    ("finance_invoiceline", "account_id", BOTH, "finance_account", "invoice_line_account_is_of_its_entity"),
    ("finance_invoiceline", "cost_centre_id", BOTH, "finance_costcentre", "invoice_line_cost_centre_is_of_its_entity"),
    ("finance_invoiceline", "tax_code_id", BOTH, "finance_taxcode", "invoice_line_tax_code_is_of_its_entity"),
    ("finance_invoicepayment", "invoice_id", ALL_THREE, "finance_invoice", "invoice_payment_is_of_its_invoices_entity"),
    ("finance_invoicepayment", "reverses_id", BOTH, "finance_invoicepayment", "invoice_payment_reverses_one_of_its_entity"),
    ("finance_invoicepayment", "imported_in_id", BOTH, "finance_invoiceimport", "invoice_payment_import_is_of_its_entity"),
)  # fmt: skip


def keys() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({columns})",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, columns, name in KEYS
    ]


def requests_by_invoice() -> migrations.RunSQL:
    """Requests are found by the invoice that they name."""
    return migrations.RunSQL(
        "CREATE INDEX support_request_by_invoice ON requests_app_supportrequest"
        " (entity_id, invoice_reference) WHERE invoice_reference <> ''",
        "DROP INDEX support_request_by_invoice",
    )


def references() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, {others})"
            f" REFERENCES {target} (id, {others}) DEFERRABLE",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, column, others, target, name in REFERENCES
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0009_sampled_words"),
        ("finance", "0005_journal"),
        ("requests_app", "0014_words_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoices", "Invoices"), ("payments", "Payments")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("rows", models.PositiveIntegerField()),
                ("added", models.PositiveIntegerField()),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_imports",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "imported_by",
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
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("issued", "Issued"),
                            ("disputed", "Disputed"),
                            ("void", "Void"),
                            ("written_off", "Written off"),
                        ],
                        default="issued",
                        max_length=11,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="What the customer calls it: an order, a contract.",
                        max_length=100,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("entry", "Entered by hand"), ("import", "Import")],
                        default="entry",
                        max_length=6,
                    ),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True, help_text="Its key in the system it came from.", max_length=100
                    ),
                ),
                ("line_count", models.PositiveSmallIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="requests_app.customer",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="finance.invoiceimport",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalInvoice",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("number", models.CharField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, null=True)),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("issued", "Issued"),
                            ("disputed", "Disputed"),
                            ("void", "Void"),
                            ("written_off", "Written off"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="What the customer calls it: an order, a contract.",
                        null=True,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[("entry", "Entered by hand"), ("import", "Import")],
                        null=True,
                    ),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True, help_text="Its key in the system it came from.", null=True
                    ),
                ),
                ("line_count", models.PositiveSmallIntegerField(blank=True, null=True)),
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
                    "imported_in",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.invoiceimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice version",
                "verbose_name_plural": "invoice versions",
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
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=200)),
                (
                    "quantity",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True),
                ),
                ("currency", models.CharField(max_length=3)),
                ("net", models.DecimalField(decimal_places=4, max_digits=19)),
                ("tax", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                ("project", models.CharField(blank=True, max_length=40)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
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
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="finance.invoice",
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
                "ordering": ["invoice", "position"],
            },
        ),
        migrations.CreateModel(
            name="InvoicePayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=19)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("card", "Card"),
                            ("bank_transfer", "Bank transfer"),
                            ("direct_debit", "Direct debit"),
                            ("cash", "Cash"),
                            ("other", "Other"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        help_text="By its last digits, such as “card ending 4242”.",
                        max_length=60,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("key", models.CharField(max_length=100)),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.entity",
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="finance.invoiceimport",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="finance.invoice",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="finance.invoicepayment",
                    ),
                ),
            ],
            options={
                "ordering": ["invoice", "id"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalInvoicePayment",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, null=True)),
                ("amount", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("card", "Card"),
                            ("bank_transfer", "Bank transfer"),
                            ("direct_debit", "Direct debit"),
                            ("cash", "Cash"),
                            ("other", "Other"),
                        ],
                        null=True,
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        help_text="By its last digits, such as “card ending 4242”.",
                        null=True,
                    ),
                ),
                ("reference", models.CharField(blank=True, null=True)),
                ("key", models.CharField(blank=True, null=True)),
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
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.invoice",
                    ),
                ),
                (
                    "imported_in",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.invoiceimport",
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
                        to="finance.invoicepayment",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice payment version",
                "verbose_name_plural": "invoice payment versions",
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
            name="HistoricalInvoiceImport",
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
                        choices=[("invoices", "Invoices"), ("payments", "Payments")],
                        null=True,
                    ),
                ),
                ("name", models.CharField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, null=True, verbose_name="SHA-256")),
                ("rows", models.PositiveIntegerField(blank=True, null=True)),
                ("added", models.PositiveIntegerField(blank=True, null=True)),
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
                    "imported_by",
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
                "verbose_name": "invoice import version",
                "verbose_name_plural": "invoice import versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
                "indexes": [
                    models.Index(fields=["id", "-history_id"], name="finance_invoic_6a512_v_row"),
                    models.Index(fields=["id", "history_date"], name="finance_invoic_6a512_v_date"),
                    models.Index(fields=["event"], name="finance_invoic_6a512_v_event"),
                ],
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.CreateModel(
            name="HistoricalInvoiceLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, null=True, verbose_name="ID"
                    ),
                ),
                ("salt", models.BinaryField()),
                ("position", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("text", models.CharField(blank=True, null=True)),
                ("quantity", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("currency", models.CharField(blank=True, null=True)),
                ("net", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("tax", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                ("project", models.CharField(blank=True, null=True)),
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
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="finance.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice line version",
                "verbose_name_plural": "invoice line versions",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
                "indexes": [
                    models.Index(fields=["id", "-history_id"], name="finance_invoiceline_v_row"),
                    models.Index(fields=["id", "history_date"], name="finance_invoiceline_v_date"),
                    models.Index(fields=["event"], name="finance_invoiceline_v_event"),
                ],
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceimport",
            constraint=models.UniqueConstraint(
                fields=("entity", "sha256"), name="invoice_import_once"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["entity", "-id"], name="invoice_list"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["customer", "-id"], name="invoice_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("entity", "number"), name="invoice_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_key", ""), _negated=True),
                fields=("entity", "external_key"),
                name="invoice_external_key_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("issued_on"))),
                name="invoice_due_after_issue",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_count__gte", 1), models.Q(("number", ""), _negated=True)),
                name="invoice_has_lines",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["issued", "disputed", "void", "written_off"])),
                name="invoice_status_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalinvoice",
            index=models.Index(fields=["id", "-history_id"], name="finance_invoice_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalinvoice",
            index=models.Index(fields=["id", "history_date"], name="finance_invoice_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalinvoice",
            index=models.Index(fields=["event"], name="finance_invoice_v_event"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "position"), name="invoice_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("net__gte", 0), ("position__gte", 1), ("tax__gte", 0)),
                name="invoice_line_is_not_below_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax", 0), ("tax_code__isnull", False), _connector="OR"),
                name="invoice_line_tax_has_its_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__isnull", True), ("quantity__gt", 0), _connector="OR"
                ),
                name="invoice_line_quantity_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicepayment",
            constraint=models.UniqueConstraint(
                fields=("entity", "key"), name="invoice_payment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="invoice_payment_below_zero_reverses_one",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalinvoicepayment",
            index=models.Index(fields=["id", "-history_id"], name="finance_invoic_15d57_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalinvoicepayment",
            index=models.Index(fields=["id", "history_date"], name="finance_invoic_15d57_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalinvoicepayment",
            index=models.Index(fields=["event"], name="finance_invoic_15d57_v_event"),
        ),
        audit.schema.InstallTriggers(
            tables=[
                ("finance_invoice", "finance_historicalinvoice"),
                ("finance_invoiceimport", "finance_historicalinvoiceimport"),
                ("finance_invoiceline", "finance_historicalinvoiceline"),
                ("finance_invoicepayment", "finance_historicalinvoicepayment"),
            ],
        ),
        *keys(),
        *references(),
        requests_by_invoice(),
    ]
