"""Financial adjustments."""

import audit.creating
import audit.schema
import audit.versions
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("finance", "0001_initial"),
        ("finance", "0002_one_entity"),
        ("finance", "0003_version_names"),
    ]

    initial = True

    dependencies = [
        ("audit", "0006_trail"),
        ("requests_app", "0011_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        audit.creating.CreateModels(
            models=[
                migrations.CreateModel(
                    name="FinancialAdjustment",
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
                        ("number", models.CharField(max_length=24, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("refund", "Refund"),
                                    ("credit_note", "Credit note"),
                                    ("goodwill_credit", "Goodwill credit"),
                                    ("write_off", "Write-off"),
                                    ("price_correction", "Price correction"),
                                    ("tax_correction", "Tax correction"),
                                    ("chargeback", "Chargeback"),
                                    ("expense", "Expense"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Submitted"),
                                    ("approved", "Approved"),
                                    ("posted", "Posted"),
                                    ("disbursed", "Disbursed"),
                                    ("matched", "Matched"),
                                    ("closed", "Closed"),
                                    ("returned", "Returned"),
                                    ("rejected", "Rejected"),
                                    ("withdrawn", "Withdrawn"),
                                    ("expired", "Expired"),
                                    ("reversed", "Reversed"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=4, max_digits=19)),
                        ("currency", models.CharField(max_length=3)),
                        ("reason_code", models.CharField(max_length=40)),
                        ("reason", models.TextField()),
                        ("payee", models.CharField(blank=True, max_length=200)),
                        ("invoice_reference", models.CharField(blank=True, max_length=100)),
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
                                related_name="adjustments",
                                to="requests_app.entity",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adjustments",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="financial_adjustment_amount_is_positive",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalFinancialAdjustment",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("number", models.CharField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("refund", "Refund"),
                                    ("credit_note", "Credit note"),
                                    ("goodwill_credit", "Goodwill credit"),
                                    ("write_off", "Write-off"),
                                    ("price_correction", "Price correction"),
                                    ("tax_correction", "Tax correction"),
                                    ("chargeback", "Chargeback"),
                                    ("expense", "Expense"),
                                ],
                                null=True,
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Submitted"),
                                    ("approved", "Approved"),
                                    ("posted", "Posted"),
                                    ("disbursed", "Disbursed"),
                                    ("matched", "Matched"),
                                    ("closed", "Closed"),
                                    ("returned", "Returned"),
                                    ("rejected", "Rejected"),
                                    ("withdrawn", "Withdrawn"),
                                    ("expired", "Expired"),
                                    ("reversed", "Reversed"),
                                ],
                                null=True,
                            ),
                        ),
                        ("amount", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, null=True)),
                        ("reason_code", models.CharField(blank=True, null=True)),
                        ("reason", models.TextField(blank=True, null=True)),
                        ("payee", models.CharField(blank=True, null=True)),
                        ("invoice_reference", models.CharField(blank=True, null=True)),
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
                        "verbose_name": "financial adjustment version",
                        "verbose_name_plural": "financial adjustment versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="finance_financ_7eed1_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="finance_financ_7eed1_v_date"
                            ),
                            models.Index(fields=["event"], name="finance_financ_7eed1_v_event"),
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
                    "finance_financialadjustment",
                    "finance_historicalfinancialadjustment",
                    [],
                    "support_request_id",
                )
            ],
        ),
        # An adjustment is of the entity of its request: the reference holds the entity, too.
        migrations.RunSQL(
            "ALTER TABLE finance_financialadjustment"
            " ADD CONSTRAINT financial_adjustment_is_of_its_requests_entity"
            " FOREIGN KEY (support_request_id, entity_id)"
            " REFERENCES requests_app_supportrequest (id, entity_id) DEFERRABLE",
            "ALTER TABLE finance_financialadjustment"
            " DROP CONSTRAINT financial_adjustment_is_of_its_requests_entity",
        ),
    ]
