"""The indexes of words are built again, since they take them apart in another way."""

import requests_app.customers.matching
import requests_app.queue.documents
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.functions import Left

Matched = requests_app.customers.matching.Words
Together = requests_app.queue.documents.Together
Words = requests_app.queue.documents.Words

INDEXES = [
    ("customer", GinIndex(Matched("name", "email", "phone", "reference"), name="customer_words")),
    (
        "customer",
        GinIndex(
            Together(
                Words(models.F("name")), Words(models.F("email")), Words(models.F("reference"))
            ),
            name="customer_search",
        ),
    ),
    ("customeraddress", GinIndex(Matched("value"), name="customer_address_words")),
    (
        "supportrequest",
        GinIndex(
            Together(
                Words(models.F("number")),
                Words(models.F("source_number")),
                Words(models.F("subject")),
                Words(Left("description", 100000)),
            ),
            name="support_request_search",
        ),
    ),
    ("message", GinIndex(Words(Left("body", 100000)), name="message_search")),
]


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0013_facts_of_requests")]

    operations = [
        operation
        for model, index in INDEXES
        for operation in (
            migrations.RemoveIndex(model_name=model, name=index.name),
            migrations.AddIndex(model_name=model, index=index),
        )
    ]
