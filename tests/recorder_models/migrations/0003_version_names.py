"""Versions are named after their models: an approval version, approval versions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("recorder_models", "0002_papers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="historicalchild",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "child version",
                "verbose_name_plural": "child versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicaleveryfield",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "every field version",
                "verbose_name_plural": "every field versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalpaper",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "paper version",
                "verbose_name_plural": "paper versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalparent",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "parent version",
                "verbose_name_plural": "parent versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalparenttag",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "parent tag version",
                "verbose_name_plural": "parent tag versions",
            },
        ),
        migrations.AlterModelOptions(
            name="historicaltag",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "tag version",
                "verbose_name_plural": "tag versions",
            },
        ),
    ]
