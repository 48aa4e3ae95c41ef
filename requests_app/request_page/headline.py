"""What stands at the top of a request: whom it waits for, who else looks, when it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now

from audit.actors import Actor
from audit.looks import AGAIN_AFTER
from audit.models import Event, EventQuerySet
from requests_app.models import SupportRequest

CHECKING = ("job", "audit.check_trail")
WAITING = {
    "waiting_customer": "the customer",
    "waiting_vendor": "a vendor",
    "waiting_evidence": "evidence",
    "waiting_problem": "a known problem",
    "awaiting_approval": "an approver",
}
MOST = 5


@dataclass(frozen=True)
class Onlooker:
    name: str
    at: datetime


def waits_for(support_request: SupportRequest) -> str:
    """Whom or what the next step is up to; empty where there is no next step."""
    status = support_request.status
    if support_request.is_closed:
        return ""
    if status in WAITING:
        return WAITING[status]
    if support_request.assignee is None:
        return "somebody who takes it"
    return str(support_request.assignee)


def last_check(until: datetime | None = None) -> Event | None:
    return checks(until).first()


def checks(until: datetime | None = None) -> EventQuerySet:
    """Those of the recorder, the newest first, whatever they found."""
    found = Event.objects.of_actor(*CHECKING).filter(kind="trail.checked").reverse()
    return found if until is None else found.filter(recorded_at__lte=until)


def onlookers(support_request: SupportRequest, by: Actor) -> list[Onlooker]:
    """Who else has opened the request lately, latest first. A look is recorded once in 15 minutes,
    so this says when somebody began to look, never that they still do."""
    looks = Event.objects.filter(
        kind="request.viewed", support_request_id=support_request.pk,
        recorded_at__gt=Now() - AGAIN_AFTER,
    ).exclude(actor_kind=by.kind, actor_id=by.id)  # fmt: skip
    newest: dict[str, Onlooker] = {}
    rows = looks.values_list("actor_id", "actor_label", "recorded_at").order_by("-recorded_at")
    for actor_id, name, moment in rows[: MOST * 4]:
        newest.setdefault(actor_id, Onlooker(name, moment))
    return list(newest.values())[:MOST]
