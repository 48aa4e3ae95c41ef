"""An adjustment is of the entity of its request: the reference holds the entity, too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("finance", "0001_initial"),
        ("requests_app", "0002_one_entity"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE finance_financialadjustment"
            " ADD CONSTRAINT financial_adjustment_is_of_its_requests_entity"
            " FOREIGN KEY (support_request_id, entity_id)"
            " REFERENCES requests_app_supportrequest (id, entity_id) DEFERRABLE",
            "ALTER TABLE finance_financialadjustment"
            " DROP CONSTRAINT financial_adjustment_is_of_its_requests_entity",
        ),
    ]
