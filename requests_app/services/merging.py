"""Two records of one customer become one, and two again where that was a mistake.

The requests and addresses move to the one that stays, each under an event of its own, on its own
trail, that names the merge as its cause. So the record itself says what an undoing has to restore.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Lower

from audit.actors import Actor
from audit.models import Event
from audit.recording import Recording, record, recording
from audit.standing import Standing, refuse_stale
from audit.versions import version_model
from requests_app import people
from requests_app.models import Customer, CustomerAddress, SupportRequest
from requests_app.services.acting import refuse

MOST = 2_000  # requests that move in one transaction


@dataclass(frozen=True)
class Moved:
    """What a merge would move, or has moved."""

    requests: QuerySet[SupportRequest]
    addresses: QuerySet[CustomerAddress]


def merge_customers(
    *, into: Customer, customer: Customer, by: Actor, reason: str, seen: Standing | None = None,
    seen_into: Standing | None = None,
) -> Customer:  # fmt: skip
    """Returns the one that stays. The other keeps its own values, and its page leads there."""
    with recording(
        "customer.merged", by=by, subject=customer, reason=reason,
        detail={"into": into.pk}, before=lambda: lock_both(customer, into),
    ) as event:  # fmt: skip
        refuse(why_not_person(customer, by))
        refuse_stale(customer, seen, by)
        refuse_stale(into, seen_into, by)
        refuse(why_not_merge(customer, into))
        moving = to_move(customer)
        customer.merged_into = into
        customer.save(update_fields=["merged_into"])
        move(moving, into, by, reason, event)
        event_id = event.id
        record(
            "customer.merge_received", by=by, subject=into, reason=reason,
            detail={"customer": customer.pk, "merge": event_id},
        )  # fmt: skip
    return into


def unmerge_customer(
    *, customer: Customer, by: Actor, reason: str, seen: Standing | None = None
) -> Customer:
    """Undoes the merge: what it moved goes back, but for what was given to somebody else since."""
    into = customer.merged_into
    if into is None:
        into = customer
    with recording(
        "customer.unmerged", by=by, subject=customer, reason=reason,
        detail={"from": into.pk}, before=lambda: lock_both(customer, into),
    ) as event:  # fmt: skip
        refuse(why_not_person(customer, by))
        refuse_stale(customer, seen, by)
        refuse("" if customer.merged_into_id else "This customer is not merged into another one.")
        moved = moved_by(newest_merge(customer), into)
        customer.merged_into = None
        customer.save(update_fields=["merged_into"])
        move(moved, customer, by, reason, event)
        record(
            "customer.merge_undone", by=by, subject=into, reason=reason,
            detail={"customer": customer.pk},
        )  # fmt: skip
    return customer


def move(moving: Moved, to: Customer, by: Actor, reason: str, event: Recording) -> None:
    """Locked in the order of their keys, requests before addresses, as every merge does."""
    requests = moving.requests.select_for_update(of=("self",)).order_by("pk")
    for support_request in requests:
        with recording("request.customer_merged", by=by, subject=support_request, reason=reason):
            support_request.customer = to
            support_request.save(update_fields=["customer"])
    taken = set(
        CustomerAddress.objects.in_use().filter(customer=to).values_list("kind", Lower("value"))
    )
    for address in moving.addresses.select_for_update(of=("self",)).order_by("pk"):
        if address.ended_at is None and (address.kind, address.value.lower()) in taken:
            continue  # the one that stays has it as well
        address.customer = to
        address.save(update_fields=["customer"])


def to_move(customer: Customer) -> Moved:
    """All that belongs to a customer now."""
    return Moved(
        SupportRequest.objects.filter(customer=customer),
        CustomerAddress.objects.filter(customer=customer),
    )


def newest_merge(customer: Customer) -> Event | None:
    own = Event.objects.about(Customer._meta.label_lower, str(customer.pk))
    return own.filter(kind="customer.merged", outcome="done").order_by("-id").first()


def moved_by(merge: Event | None, into: Customer) -> Moved:
    """What this merge moved and still is where it went, told by the versions it wrote."""
    merge_id = merge.pk if merge is not None else 0
    own = SupportRequest.objects.filter(customer=into)
    caused = Event.objects.filter(
        support_request_id__in=own.values("pk"), pk__gt=merge_id, kind="request.customer_merged",
        cause_kind="event", cause_id=str(merge_id),
    )  # fmt: skip
    requests = own.filter(pk__in=caused.values("support_request_id"))
    written = version_model(CustomerAddress).objects.filter(event_id=merge_id)
    addresses = CustomerAddress.objects.filter(pk__in=written.values("id"), customer=into)
    return Moved(requests, addresses)


def lock_both(customer: Customer, other: Customer) -> None:
    """In the order of their keys, so that two merges never wait for each other; then as they are
    now, since one of them may just have been merged."""
    rows = Customer.objects.filter(pk__in=[customer.pk, other.pk])
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    for each in (customer, other):
        each.refresh_from_db()


def why_not_person(customer: Customer, by: Actor) -> str:
    return people.why_not_merge(by.person, customer.entity) if by.person is not None else ""


def why_not_merge(customer: Customer, into: Customer) -> str:
    """Why these two cannot become one; empty if they can. Chains would hide the end."""
    refusals = (
        (customer.pk == into.pk,
         "A customer is not merged into itself. Choose the other one."),
        (customer.entity_id != into.entity_id,
         "The two belong to different entities, which keep their customers apart."),
        (customer.merged_into_id is not None,
         "This customer was merged already. Undo that first."),
        (into.merged_into_id is not None,
         "The one to stay was itself merged into another one. Choose that one."),
        (not into.is_active,
         "The one to stay is not in use any more. Reactivate it, or merge the other way."),
    )  # fmt: skip
    found = next((sentence for is_refused, sentence in refusals if is_refused), "")
    if found:
        return found
    if Customer.objects.filter(merged_into=customer).exists():
        return "Others were merged into this customer. Merge the other way, or undo those first."
    count = SupportRequest.objects.filter(customer=customer)[: MOST + 1].count()
    if count > MOST:
        return f"More than {MOST:,} requests would move at once. Merge the other way."
    return ""
