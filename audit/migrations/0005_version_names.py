"""Versions are named after their models: an approval version, approval versions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_explorer"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="historicaltrailexport",
            options={
                "get_latest_by": ("history_id",),
                "ordering": ("-history_id",),
                "verbose_name": "trail export version",
                "verbose_name_plural": "trail export versions",
            },
        ),
    ]
