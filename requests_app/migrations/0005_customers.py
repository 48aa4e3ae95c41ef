"""Customers can be merged and have several addresses, and are found by index."""

import audit.schema
import audit.versions
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import requests_app.customers.matching
import simple_history.models
from django.db import migrations, models


REFERENCE = (
    "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, entity_id)"
    " REFERENCES requests_app_customer (id, entity_id) DEFERRABLE"
)
DROP = "ALTER TABLE {table} DROP CONSTRAINT {name}"


def reference(table: str, column: str, name: str) -> migrations.RunSQL:
    """A reference to a customer that holds the entity, too: see 0002_one_entity."""
    names = {"table": table, "column": column, "name": name}
    return migrations.RunSQL(REFERENCE.format(**names), DROP.format(**names))


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("requests_app", "0004_due_dates_and_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerAddress",
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
                        choices=[("email", "E-mail"), ("phone", "Phone"), ("postal", "Post")],
                        max_length=10,
                    ),
                ),
                ("value", models.CharField(max_length=500)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "customer address",
                "verbose_name_plural": "customer addresses",
                "ordering": ["id"],
            },
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
                        choices=[("email", "E-mail"), ("phone", "Phone"), ("postal", "Post")],
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
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical customer address",
                "verbose_name_plural": "historical customer addresses",
                "ordering": ("-history_id",),
                "get_latest_by": ("history_id",),
            },
            bases=(
                simple_history.models.HistoricalChanges,
                models.Model,
                audit.versions.VersionMark,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="requests_app.customer",
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="requests_app.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("entity"),
                django.db.models.functions.text.Lower("email"),
                name="customer_by_email",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("entity"),
                requests_app.customers.matching.Digits("phone"),
                name="customer_by_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("entity"),
                requests_app.customers.matching.Letters("name"),
                name="customer_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["entity", "-id"], name="customer_list"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                requests_app.customers.matching.Words("name", "email", "phone", "reference"),
                name="customer_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="customer_is_not_merged_into_itself",
            ),
        ),
        migrations.AddField(
            model_name="customeraddress",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="addresses",
                to="requests_app.customer",
            ),
        ),
        migrations.AddField(
            model_name="customeraddress",
            name="entity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="requests_app.entity",
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomeraddress",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="requests_app.customer",
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomeraddress",
            name="entity",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="requests_app.entity",
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomeraddress",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="audit.event",
            ),
        ),
        migrations.AddIndex(
            model_name="customeraddress",
            index=models.Index(
                models.F("entity"),
                django.db.models.functions.text.Lower("value"),
                name="customer_address_by_value",
            ),
        ),
        migrations.AddIndex(
            model_name="customeraddress",
            index=models.Index(
                models.F("entity"),
                requests_app.customers.matching.Digits("value"),
                condition=models.Q(("kind", "phone")),
                name="customer_address_by_phone",
            ),
        ),
        migrations.AddIndex(
            model_name="customeraddress",
            index=django.contrib.postgres.indexes.GinIndex(
                requests_app.customers.matching.Words("value"), name="customer_address_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="customeraddress",
            constraint=models.UniqueConstraint(
                models.F("customer"),
                models.F("kind"),
                django.db.models.functions.text.Lower("value"),
                condition=models.Q(("ended_at__isnull", True)),
                name="customer_address_in_use_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="customeraddress",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", ""), _negated=True),
                name="customer_address_is_not_empty",
            ),
        ),
        migrations.AddIndex(
            model_name="historicalcustomeraddress",
            index=models.Index(fields=["id", "-history_id"], name="requests_app_c_201d8_v_row"),
        ),
        migrations.AddIndex(
            model_name="historicalcustomeraddress",
            index=models.Index(fields=["id", "history_date"], name="requests_app_c_201d8_v_date"),
        ),
        migrations.AddIndex(
            model_name="historicalcustomeraddress",
            index=models.Index(fields=["event"], name="requests_app_c_201d8_v_event"),
        ),
        audit.schema.InstallTriggers(
            tables=[
                ("requests_app_customer", "requests_app_historicalcustomer"),
                ("requests_app_customeraddress", "requests_app_historicalcustomeraddress"),
            ],
        ),
        reference(
            "requests_app_customer", "merged_into_id", "customer_is_merged_within_its_entity"
        ),
        reference(
            "requests_app_customeraddress", "customer_id", "customer_address_is_of_its_entity"
        ),
    ]
