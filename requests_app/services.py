"""The verbs of support requests: one function each, and the only writers.

Every verb takes the row lock, checks the person and the status, changes, and is recorded as one
event; a refusal is recorded as denied and raised as a sentence for the person who tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from audit.actors import Actor
from audit.recording import Recording, Refusal, recording
from requests_app import numbering, people, transitions
from requests_app.models import Customer, Entity, Message, RawIntake, SupportRequest


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
) -> Iterator[Recording]:
    """A verb on a locked and reloaded request: checks the person and the status, then records."""
    with recording(
        kind, by=by, subject=support_request, reason=reason, occurred_at=occurred_at,
        detail=detail, locked=True,
    ) as event:  # fmt: skip
        refuse(why_not(verb, support_request, by))
        yield event


def why_not(verb: str, support_request: SupportRequest, by: Actor) -> str:
    """Why this actor may not do this now; empty if they may. Pages ask it, services enforce it."""
    if by.person is not None:
        refusal = people.why_not_work(by.person, support_request.entity)
        if refusal:
            return refusal
    return transitions.why_not(verb, support_request.status)


def why_not_customer(customer: Customer | None, entity: Entity) -> str:
    """Why no request of this entity can be this customer's; empty if one can. It does not name the
    customer: who works here need not know whom another entity serves."""
    if customer is None or customer.entity_id == entity.pk:
        return ""
    return (
        f"This customer belongs to another entity. Choose one of {entity.code}, or add them there."
    )


def refuse(sentence: str) -> None:
    if sentence:
        raise RequestRefused(sentence)


def add_customer(
    *, entity: Entity, name: str, email: str = "", phone: str = "", reference: str = "", by: Actor,
) -> Customer:  # fmt: skip
    customer = Customer(entity=entity, name=name, email=email, phone=phone, reference=reference)
    with recording("customer.added", by=by, subject=customer):
        customer.save()
    return customer


def open_request(
    *,
    entity: Entity,
    channel: str,
    subject: str,
    description: str,
    by: Actor,
    customer: Customer | None = None,
    priority: str = "normal",
    category: str = "",
    invoice_reference: str = "",
    claimed_amount: Decimal | None = None,
    claimed_currency: str = "",
    received_at: datetime | None = None,
    original: bytes | None = None,
    media_type: str = "text/plain; charset=utf-8",
    occurred_at: datetime | None = None,
) -> SupportRequest:
    """Opens a request with the next number of its entity and year.

    ``original`` is what the channel delivered, kept and hashed; the description if there is none.
    """
    content = description.encode() if original is None else original
    support_request = SupportRequest(
        entity=entity, channel=channel, subject=subject, description=description,
        customer=customer, priority=priority, category=category,
        invoice_reference=invoice_reference, claimed_amount=claimed_amount,
        claimed_currency=claimed_currency if claimed_amount is not None else "",
        received_at=received_at or timezone.now(),
    )  # fmt: skip

    def give_number() -> None:
        if by.person is not None:
            refuse(people.why_not_work(by.person, entity))
        refuse(why_not_customer(customer, entity))
        support_request.number = numbering.next_numbers(entity, "R")[0]

    with recording(
        "request.opened", by=by, subject=support_request, before=give_number,
        occurred_at=occurred_at,
    ):  # fmt: skip
        support_request.intake = RawIntake.of(content, media_type, entity)
        support_request.intake.save()
        support_request.save()
    return support_request


def take(*, support_request: SupportRequest, by: Actor, **when: Any) -> SupportRequest:
    """Makes the actor the assignee and starts the work."""
    with acting("take", "request.taken", support_request, by=by, **when) as event:
        status, assignee_id = support_request.status, support_request.assignee_id
        if transitions.is_at_work(status, assignee_id=assignee_id, person_id=by.person.pk):
            event.discard()
        support_request.assignee = by.person
        support_request.status = transitions.target("take", status)
        support_request.save(update_fields=["assignee", "status"])
    return support_request


def reply(*, support_request: SupportRequest, body: str, by: Actor, **when: Any) -> Message:
    """Writes an answer to the customer. It is never edited; a correction is a new one."""
    message = Message(
        support_request=support_request, kind=Message.Kind.REPLY, author=by.person,
        author_label=by.label, body=body,
    )  # fmt: skip
    if when.get("occurred_at"):
        message.written_at = when["occurred_at"]
    with acting("reply", "request.replied", support_request, by=by, **when):
        message.save()
    return message


def change_priority(
    *, support_request: SupportRequest, priority: str, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    with acting(
        "change_priority", "request.priority_changed", support_request, by=by, reason=reason, **when
    ) as event:
        if support_request.priority == priority:
            event.discard()
        support_request.priority = priority
        support_request.save(update_fields=["priority"])
    return support_request


def resolve(
    *, support_request: SupportRequest, resolution: str, note: str, by: Actor, **when: Any
) -> SupportRequest:
    with acting("resolve", "request.resolved", support_request, by=by, reason=note, **when):
        support_request.status = transitions.target("resolve", support_request.status)
        support_request.resolution = resolution
        support_request.resolution_note = note
        support_request.save(update_fields=["status", "resolution", "resolution_note"])
    return support_request


def close(
    *, support_request: SupportRequest, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    with acting("close", "request.closed", support_request, by=by, reason=reason, **when):
        support_request.status = transitions.target("close", support_request.status)
        support_request.save(update_fields=["status"])
    return support_request


def reopen(
    *, support_request: SupportRequest, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Starts the work again. The earlier resolution stays in the trail and leaves the row."""
    with acting("reopen", "request.reopened", support_request, by=by, reason=reason, **when):
        support_request.status = transitions.target("reopen", support_request.status)
        support_request.resolution = support_request.resolution_note = ""
        support_request.save(update_fields=["status", "resolution", "resolution_note"])
    return support_request
