"""Whose a request is, when it is opened or later: a customer who may be known already."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from audit.actors import Actor
from audit.unwritten import written_afterwards
from requests_app import services
from requests_app.customers import reading
from requests_app.models import Customer, Entity, SupportRequest


class OtherName(services.RequestRefused):
    """The address that was typed is somebody else's; ``field`` is where it was typed."""

    field = "customer_email"


def open_for(
    *, entity: Entity, customer_name: str, customer_email: str, by: Actor,
    customer: Customer | None = None, **facts: Any,
) -> SupportRequest:  # fmt: skip
    """Opens a request for a customer, or the one of this address, added if the entity knows none.

    Without an address a name always adds a customer: two people may share a name. Both are done
    or neither.
    """
    with written_afterwards(), transaction.atomic():
        if customer is None:
            customer = customer_of(entity, customer_name, customer_email, by)
        return services.open_request(entity=entity, customer=customer, by=by, **facts)


def give_to(
    *, support_request: SupportRequest, customer_name: str, customer_email: str, by: Actor,
    **facts: Any,
) -> SupportRequest:  # fmt: skip
    """Says that a request is the customer's of this address, found or added likewise."""

    def found() -> Customer:
        customer = customer_of(support_request.entity, customer_name, customer_email, by)
        if customer is None:
            raise ValueError("a customer has an address or a name")
        return customer

    return services.change_customer(support_request=support_request, customer=found, by=by, **facts)


def customer_of(entity: Entity, name: str, email: str, by: Actor) -> Customer | None:
    known = reading.reached_by(entity, email) if email else None
    if known is not None:
        refusal = why_not_name(known, name)
        if refusal:
            raise OtherName(refusal)
        return known
    if not (name or email):
        return None
    return services.add_customer(entity=entity, name=name or email, email=email, by=by)


def why_not_name(known: Customer, name: str) -> str:
    """Nobody is renamed in passing, and no request goes to another person than was typed. A refusal
    is kept, so it names neither of them."""
    if not name or name.casefold() == known.name.casefold():
        return ""
    return (
        "This address belongs to a customer of another name. "
        "Leave the name empty to use that customer, or give another address."
    )
