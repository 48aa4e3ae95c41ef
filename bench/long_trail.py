"""Makes rows with a trail as long as wanted, by the doors that everything goes through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from requests_app.models import User

# Turns per commit: a row changed often in one transaction slows down, as no old copy can go yet.
COMMIT = 500
TURNS = Path(__file__).with_name("long_trail.sql").read_text()


def change_often(row: Any, length: int, customers: Sequence[int]) -> None:
    """Changes a row, of a model that has a ticket's columns, until it has so many versions. Each
    change has an event of its own, by one person after the other."""
    of_request = hasattr(row, "is_trail_root")
    told = {
        "row": row.pk,
        "request": row.pk if of_request else None,
        "entity": row.entity_id if of_request else None,
        "persons": list(User.objects.values_list("pk", flat=True)),
        "customers": list(customers),
    }
    turns = TURNS.format(label=row._meta.label_lower, table=row._meta.db_table)
    with connection.cursor() as cursor:
        for first in range(1, length, COMMIT):
            span = {"first": first, "last": min(first + COMMIT, length) - 1}
            cursor.execute(
                "SELECT set_config('casetrail.bench', %s, false)", [json.dumps(told | span)]
            )
            cursor.execute(turns)
