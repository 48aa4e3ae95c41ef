"""How customers and requests come into being."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Unpack

from django.utils import timezone

from audit.actors import Actor
from audit.recording import recording
from requests_app import attachments, clock, numbering, people
from requests_app.attachments import Draft, Upload
from requests_app.models import Customer, Entity, RawIntake, SupportRequest
from requests_app.services.acting import refuse, standing, why_not_customer
from requests_app.services.attaching import add, detail_of
from requests_app.services.claiming import Claim, stated
from requests_app.services.ruling import assign_opened


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
    received_at: datetime | None = None,
    original: bytes | RawIntake | None = None,
    media_type: str = "text/plain; charset=utf-8",
    occurred_at: datetime | None = None,
    detail: dict[str, Any] | None = None,
    files: Sequence[Upload | Draft] = (),
    **claim: Unpack[Claim],
) -> SupportRequest:
    """Opens a request with the next number of its entity and year.

    ``original`` is what the channel delivered, kept and hashed; the description if there is none.
    ``files`` came with it, and are on record with its opening or not at all.
    """
    support_request = SupportRequest(
        entity=entity, channel=channel, subject=subject, description=description,
        customer=customer, priority=priority, category=category,
        received_at=received_at or timezone.now(), **stated(claim),
    )  # fmt: skip

    with (
        attachments.received(files) as drafts,
        recording(
            "request.opened", by=by, subject=support_request, occurred_at=occurred_at,
            before=partial(ready, support_request, by, occurred_at),
            detail={**(detail or {}), **detail_of(drafts)},
        ),
    ):  # fmt: skip
        content = description.encode() if original is None else original
        support_request.intake = kept(content, media_type, entity)
        support_request.save()
        add(drafts, support_request, by, None, {"occurred_at": occurred_at})
        assign_opened(support_request, origin=by.origin, occurred_at=occurred_at)
    return support_request


def ready(support_request: SupportRequest, by: Actor, occurred_at: datetime | None) -> None:
    """Refuses what may not be opened, starts its clocks and gives it its number."""
    entity, customer = support_request.entity, support_request.customer
    if by.person is not None:
        refuse(people.why_not_work(by.person, entity))
    refuse(why_not_customer(customer, entity))
    if customer is not None:
        support_request.customer = standing(customer)
    starting = clock.starting(entity.pk, support_request.priority, clock.moment(occurred_at))
    for name, value in starting.items():
        setattr(support_request, name, value)
    support_request.number = numbering.next_numbers(entity, "R")[0]


def kept(content: bytes | RawIntake, media_type: str, entity: Entity) -> RawIntake:
    """The original as it is kept already, or from now on."""
    if isinstance(content, RawIntake):
        return content
    made = RawIntake.of(content, media_type, entity)
    made.save()
    return made
