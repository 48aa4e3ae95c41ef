"""Every status a request had: from which to which, by which event, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from requests_app.models import SupportRequest
from requests_app.models.facts import Confirmation, Resolution, RootCause
from requests_app.models.support_request import CLOSED_STATUSES, Status

STATES = """
    SELECT event_id, recorded_at, status, before, resolution, resolution_note, duplicate_of_id,
        coalesce(root_cause, ''), coalesce(customer_confirmation, '')
    FROM (
        SELECT *, lag(status) OVER (ORDER BY history_id) AS before
        FROM requests_app_historicalsupportrequest WHERE id = %s
    ) version JOIN (SELECT id AS event, recorded_at FROM audit_event) told ON event = event_id
    WHERE status IS DISTINCT FROM before ORDER BY history_id
"""
ENDED = frozenset((*CLOSED_STATUSES, Status.RESOLVED))


@dataclass(frozen=True)
class Move:
    """``before`` is empty where the request began, ``lasted`` how long it had stood there."""

    event_id: int
    at: datetime
    status: str
    before: str
    lasted: timedelta | None
    resolution: str
    note: str
    duplicate_of_id: int | None
    root_cause: str
    confirmation: str

    @property
    def is_ending(self) -> bool:
        return self.status in ENDED

    @property
    def is_reopening(self) -> bool:
        return self.before in ENDED and not self.is_ending

    @property
    def words(self) -> tuple[str, str]:
        return label(self.before), label(self.status)

    @property
    def resolution_words(self) -> str:
        return str(dict(Resolution.choices).get(self.resolution, self.resolution))

    @property
    def root_cause_words(self) -> str:
        return str(dict(RootCause.choices).get(self.root_cause, self.root_cause))

    @property
    def confirmation_words(self) -> str:
        return str(dict(Confirmation.choices).get(self.confirmation, self.confirmation))


def label(status: str) -> str:
    return str(dict(Status.choices).get(status, status))


def moves(support_request: SupportRequest) -> list[Move]:
    with connection.cursor() as cursor:
        cursor.execute(STATES, [support_request.pk])
        rows: list[Any] = cursor.fetchall()
    found: list[Move] = []
    for event_id, at, status, before, *ending in rows:
        lasted = at - found[-1].at if found else None
        found.append(Move(event_id, at, status, before or "", lasted, *ending))
    return found
