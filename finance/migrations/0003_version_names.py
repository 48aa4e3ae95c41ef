"""Versions are named after their models: an approval version, approval versions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0002_one_entity"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="historicalfinancialadjustment",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "financial adjustment version",
                "verbose_name_plural": "financial adjustment versions",
            },
        ),
    ]
