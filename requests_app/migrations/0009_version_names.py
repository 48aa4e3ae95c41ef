"""Versions are named after their models: an approval version, approval versions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0008_accounts"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="historicalapproval",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "approval version",
                "verbose_name_plural": "approval versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalattachment",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "attachment version",
                "verbose_name_plural": "attachment versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalcustomer",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "customer version",
                "verbose_name_plural": "customer versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalcustomeraddress",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "customer address version",
                "verbose_name_plural": "customer address versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalduenotice",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "due notice version",
                "verbose_name_plural": "due notice versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalentity",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "entity version",
                "verbose_name_plural": "entity versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalimportrun",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "import run version",
                "verbose_name_plural": "import run versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalinboundmail",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "inbound mail version",
                "verbose_name_plural": "inbound mail versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalmailbox",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "mailbox version",
                "verbose_name_plural": "mailbox versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalmessage",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "message version",
                "verbose_name_plural": "message versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicaloutboundmail",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "outbound mail version",
                "verbose_name_plural": "outbound mail versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalrawintake",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "raw intake version",
                "verbose_name_plural": "raw intake versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalrolegrant",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "role grant version",
                "verbose_name_plural": "role grant versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalrule",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "rule version",
                "verbose_name_plural": "rule versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalsavedview",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "saved view version",
                "verbose_name_plural": "saved view versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalservicelevel",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "service level version",
                "verbose_name_plural": "service level versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalsupportrequest",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "support request version",
                "verbose_name_plural": "support request versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicaluser",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "person version",
                "verbose_name_plural": "person versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalworkcalendar",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "work calendar version",
                "verbose_name_plural": "work calendar versions",
            },
        ),
    ]
