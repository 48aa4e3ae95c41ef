"""More of the trail's words are known to the planner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_quicker_indexes")]

    operations = [
        # Where it knows fewer than a hundred common words, it takes each beginning of a word to
        # stand in one event of fifty. Among more events it finds more words.
        migrations.RunSQL(
            "ALTER INDEX audit_event_words ALTER COLUMN 1 SET STATISTICS 500",
            "ALTER INDEX audit_event_words ALTER COLUMN 1 SET STATISTICS -1",
        ),
    ]
