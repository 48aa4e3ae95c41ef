"""What every verb does: lock, check the person, the status and what they had seen, then record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from audit.actors import Actor
from audit.recording import Recording, Refusal, recording
from audit.standing import Standing
from requests_app import clock, people, transitions
from requests_app.models import Customer, Entity, SupportRequest
from requests_app.standing import refuse_stale


class RequestRefused(Refusal):
    """A verb was refused; the message says why and what to do instead."""


@contextmanager
def acting(
    verb: str,
    kind: str,
    support_request: SupportRequest,
    *,
    by: Actor,
    reason: str = "",
    occurred_at: datetime | None = None,
    detail: dict[str, Any] | None = None,
    seen: Standing | None = None,
    lock: Callable[[], None] | None = None,
) -> Iterator[Recording]:
    """A verb on a locked and reloaded request: checks the person, that it stands as they had seen
    it, where a form says so, and the status; then records. ``lock`` is for more than one row."""
    with recording(
        kind, by=by, subject=support_request, reason=reason, occurred_at=occurred_at,
        detail=detail, locked=lock is None, before=lock,
    ) as event:  # fmt: skip
        refuse(why_not_person(support_request, by))
        refuse_stale(support_request, seen, kind=kind, by=by)
        refuse(transitions.why_not(verb, support_request.status))
        yield event


def put(event: Recording, support_request: SupportRequest, **columns: Any) -> None:
    """Writes these columns, and what follows from them for the clocks. Where none of them would
    change, the act ends without an event."""
    if all(getattr(support_request, name) == value for name, value in columns.items()):
        event.discard()
    columns |= clock.following(support_request, columns, clock.moment(event.act.occurred_at))
    for name, value in columns.items():
        setattr(support_request, name, value)
    support_request.save(update_fields=list(columns))


def why_not_person(support_request: SupportRequest, by: Actor) -> str:
    return people.why_not_work(by.person, support_request.entity) if by.person is not None else ""


def why_not(verb: str, support_request: SupportRequest, by: Actor) -> str:
    """Why this actor may not do this now; empty if they may. Pages ask it, services enforce it."""
    refusal = why_not_person(support_request, by)
    return refusal or transitions.why_not(verb, support_request.status)


def why_not_customer(customer: Customer | None, entity: Entity) -> str:
    """Why no request of this entity can be this customer's; empty if one can. It does not name the
    customer: who works here need not know whom another entity serves."""
    if customer is None or customer.entity_id == entity.pk:
        return ""
    return (
        f"This customer belongs to another entity. Choose one of {entity.code}, or add them there."
    )


def standing(customer: Customer) -> Customer:
    """The customer, or the one it was merged into, locked: a merge just now must not leave a
    request behind."""
    rows = Customer.objects.select_for_update(no_key=True, of=("self",))
    found = rows.get(pk=customer.pk)
    return found if found.merged_into_id is None else rows.get(pk=found.merged_into_id)


def refuse(sentence: str) -> None:
    if sentence:
        raise RequestRefused(sentence)
