"""What people choose for themselves, one account for each name and address, and the shared cache."""

import audit.schema
import django.db.models.functions.text
from django.db import migrations, models

CACHE = """
    CREATE UNLOGGED TABLE casetrail_cache (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    );
    CREATE INDEX casetrail_cache_expires ON casetrail_cache (expires);
"""
DROP_CACHE = "DROP TABLE casetrail_cache"


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0007_queue"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicaluser",
            name="has_shortcuts",
            field=models.BooleanField(blank=True, null=True, verbose_name="shortcuts"),
        ),
        migrations.AddField(
            model_name="historicaluser",
            name="theme",
            field=models.CharField(
                blank=True,
                choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="historicaluser",
            name="timeline_order",
            field=models.CharField(
                blank=True,
                choices=[("oldest", "Oldest first, as a story"), ("newest", "Newest first")],
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="has_shortcuts",
            field=models.BooleanField(default=True, verbose_name="shortcuts"),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                blank=True,
                choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")],
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="timeline_order",
            field=models.CharField(
                choices=[("oldest", "Oldest first, as a story"), ("newest", "Newest first")],
                default="oldest",
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"),
                name="person_username_in_any_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="person_email_is_one_persons",
            ),
        ),
        # What limits attempts is counted here, by all processes. Nothing of it is worth a log.
        migrations.RunSQL(CACHE, DROP_CACHE),
        audit.schema.InstallTriggers(
            tables=[("requests_app_user", "requests_app_historicaluser", ["password"], "")],
        ),
    ]
