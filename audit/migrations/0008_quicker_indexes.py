"""The index of correlation ids leaves out the events that have none; that of words is built again,
since it takes them apart in another way."""

import audit.searching
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_exports_of_the_trail")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="audit_event_correlation"),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.HashIndex(
                condition=models.Q(("correlation_id", ""), _negated=True),
                fields=["correlation_id"],
                name="audit_event_correlation",
            ),
        ),
        migrations.RemoveIndex(model_name="event", name="audit_event_words"),
        migrations.AddIndex(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(
                audit.searching.Words(),
                fastupdate=True,
                gin_pending_list_limit=512,
                name="audit_event_words",
            ),
        ),
    ]
