"""Shows who a customer is to somebody who is not shown it otherwise: for a purpose, for a while."""

from __future__ import annotations

from django.db.models import Q

from audit.actors import Actor
from audit.recording import Refusal, record
from requests_app import people
from requests_app.models import Customer
from requests_app.services.acting import RequestRefused

PURPOSES = {
    "audit": "An audit or a check of this case",
    "payment": "Paying, posting or reconciling",
    "approval": "Deciding on an approval",
    "dispute": "A complaint, a dispute or a suspicion",
    "rights": "A request of the person themselves",
    "other": "Something else, said below",
}


def reveal(*, customer: Customer, purpose: str, reason: str, by: Actor) -> list[int]:
    """Records the purpose; returns whose data it covers: the customer and those merged into it."""
    try:
        if purpose not in PURPOSES:
            raise RequestRefused("Choose a purpose from the list.")
        refusal = people.why_not_reveal(by.person, customer.entity) if by.person else ""
        if refusal:
            raise RequestRefused(refusal)
    except Refusal as refused:
        record("customer.revealed", by=by, subject=customer, outcome="denied",
               reason=reason or "none given", detail={"refusal": str(refused)})  # fmt: skip
        raise
    covered = Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into_id=customer.pk))
    ids = sorted(covered.values_list("pk", flat=True))
    record("customer.revealed", by=by, subject=customer, reason=reason,
           detail={"purpose": purpose, "customers": ids})  # fmt: skip
    return ids


def hide(*, customer: Customer, by: Actor) -> None:
    record("customer.hidden", by=by, subject=customer)
