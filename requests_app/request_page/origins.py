"""By which event each fact of a request came to be what it is: the page's facts lead there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from audit.paging import LARGEST_ID
from requests_app.models import SupportRequest

FACTS = ("status", "resolution", "claimed_amount", "assignee_id")
# From the newest version back to the last of another value, by the index of rows: as in
# EventQuerySet, the range holds one value.
ORIGIN = """(
    SELECT '{column}', event_id FROM requests_app_historicalsupportrequest
    WHERE id BETWEEN %(request)s AND %(request)s AND event_id <= %(until)s
      AND history_id > coalesce((
        SELECT history_id FROM requests_app_historicalsupportrequest
        WHERE id BETWEEN %(request)s AND %(request)s AND event_id <= %(until)s
          AND {column} IS DISTINCT FROM %({column})s
        ORDER BY id, history_id DESC LIMIT 1
    ), 0) ORDER BY id DESC, history_id LIMIT 1
)"""
EACH = " UNION ALL ".join(ORIGIN.format(column=column) for column in FACTS)
# When it happened is the event's word: its versions are written a little later.
ORIGINS = f"""
    SELECT fact, event_id, recorded_at FROM ({EACH}) origin (fact, event_id)
    JOIN audit_event ON audit_event.id = event_id
"""  # noqa: S608 - names of our own columns


@dataclass(frozen=True)
class Origin:
    event_id: int
    at: datetime

    @property
    def address(self) -> str:
        return reverse("audit:event-show", args=[self.event_id])


def of(support_request: SupportRequest, until: int = LARGEST_ID) -> dict[str, Origin]:
    """By the name of the fact; with an event, as it stood right after that. One query."""
    values: dict[str, Any] = {column: getattr(support_request, column) for column in FACTS}
    with connection.cursor() as cursor:
        cursor.execute(ORIGINS, values | {"request": support_request.pk, "until": until})
        return {column: Origin(event_id, at) for column, event_id, at in cursor.fetchall()}
