"""Puts looks at customers on record: who opened which, who was refused, who searched."""

from __future__ import annotations

import hashlib

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from audit.actors import Actor
from audit.looks import AGAIN_AFTER, NEWEST, once
from audit.recording import record
from requests_app import looking, people
from requests_app.customers.reading import events_of
from requests_app.models import Customer


def viewed(customer: Customer, by: Actor) -> bool:
    """Records the look once per person, customer and 15 minutes. Returns whether it did."""
    return once("customer.viewed", by, lambda: seen_lately(customer, by), subject=customer)


def seen_lately(customer: Customer, by: Actor) -> bool:
    """The index of subjects has no moments: it gives the newest events, to be looked through."""
    own = Q(kind="customer.viewed", actor_id=by.id, recorded_at__gt=Now() - AGAIN_AFTER)
    is_look = ExpressionWrapper(own, BooleanField())
    return any(events_of(customer).reverse().values_list(is_look, flat=True)[:NEWEST])


def refused(customer_id: int, by: Actor) -> None:
    """Records a refused look at a customer who exists; for others there is nothing to record."""
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is not None:
        record("customer.view_denied", by=by, subject=customer, outcome="denied")


def searched(query: str, count: int, by: Actor) -> None:
    """The words are names more often than not: their hash proves a search, and tells nobody."""
    detail = {
        "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
        "count": count,
        looking.ENTITIES: people.entity_ids(by.person),
    }
    record("customer.list_searched", by=by, detail=detail)
