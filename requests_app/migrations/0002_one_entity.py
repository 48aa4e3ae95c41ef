"""A request and what it refers to are of one entity: each reference holds the entity, too.

Nothing of it stands in the models, which cannot say it; tests/requests_app/test_entities.py finds a
reference that lacks it. Checked with each statement; a load in another order may defer it.
"""

from django.db import migrations

KEY = "ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, entity_id)"
REFERENCE = (
    "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, entity_id)"
    " REFERENCES {target} (id, entity_id) DEFERRABLE"
)
DROP = "ALTER TABLE {table} DROP CONSTRAINT {name}"


def key(table: str, name: str) -> migrations.RunSQL:
    """What a reference can point to."""
    names = {"table": table, "name": name}
    return migrations.RunSQL(KEY.format(**names), DROP.format(**names))


def reference(table: str, column: str, target: str, name: str) -> migrations.RunSQL:
    names = {"table": table, "column": column, "target": target, "name": name}
    return migrations.RunSQL(REFERENCE.format(**names), DROP.format(**names))


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0001_initial"),
    ]

    operations = [
        key("requests_app_customer", "customer_with_its_entity"),
        key("requests_app_rawintake", "raw_intake_with_its_entity"),
        key("requests_app_supportrequest", "support_request_with_its_entity"),
        reference(
            "requests_app_supportrequest",
            "customer_id",
            "requests_app_customer",
            "support_request_customer_is_of_its_entity",
        ),
        reference(
            "requests_app_supportrequest",
            "intake_id",
            "requests_app_rawintake",
            "support_request_original_is_of_its_entity",
        ),
        reference(
            "requests_app_supportrequest",
            "duplicate_of_id",
            "requests_app_supportrequest",
            "support_request_duplicates_one_of_its_entity",
        ),
        reference(
            "requests_app_approval",
            "support_request_id",
            "requests_app_supportrequest",
            "approval_is_of_its_requests_entity",
        ),
    ]
