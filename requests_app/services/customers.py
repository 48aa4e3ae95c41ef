"""What we know of a customer, corrected: what they are called, how they are reached, whether they
still are one. Every verb stands on the customer's own trail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from audit.actors import Actor
from audit.recording import Recording, recording
from audit.standing import Standing, refuse_stale
from requests_app import people
from requests_app.models import Customer, CustomerAddress
from requests_app.services.acting import refuse

FEWEST_DIGITS = 5
# The column that holds the primary address of a kind.
PRIMARY = {CustomerAddress.Kind.EMAIL: "email", CustomerAddress.Kind.PHONE: "phone"}


@contextmanager
def correcting(
    kind: str, customer: Customer, *, by: Actor, reason: str = "", seen: Standing | None = None
) -> Iterator[Recording]:
    """A verb on a locked and reloaded customer, by somebody who may correct what we know; where a
    form says how it stood, it has to stand so still."""
    with recording(kind, by=by, subject=customer, reason=reason, locked=True) as event:
        refuse(why_not_correct(customer, by))
        refuse_stale(customer, seen, by)
        yield event


def why_not_correct(customer: Customer, by: Actor) -> str:
    """Why this actor may not correct this customer; empty if they may."""
    refusal = people.why_not_correct(by.person, customer.entity) if by.person is not None else ""
    return refusal or why_not_merged(customer)


def why_not_merged(customer: Customer) -> str:
    if customer.merged_into_id is None:
        return ""
    return "This customer was merged into another one. Change that one, or undo the merge first."


def change_facts(
    *,
    customer: Customer,
    name: str,
    reference: str,
    by: Actor,
    reason: str = "",
    seen: Standing | None = None,
) -> Customer:
    """Another name or number. The old ones stay in the trail."""
    with correcting("customer.facts_changed", customer, by=by, reason=reason, seen=seen) as event:
        refuse("" if name.strip() else "A customer has a name. Write it.")
        if (customer.name, customer.reference) == (name, reference):
            event.discard()
        customer.name, customer.reference = name, reference
        customer.save(update_fields=["name", "reference"])
    return customer


def add_address(
    *,
    customer: Customer,
    kind: str,
    value: str,
    by: Actor,
    reason: str = "",
    seen: Standing | None = None,
) -> CustomerAddress:
    """One more address. What is the first of its kind becomes the primary one of the customer."""
    address = CustomerAddress(customer=customer, kind=kind, value=value.strip())
    with correcting("customer.address_added", customer, by=by, reason=reason, seen=seen):
        refuse(why_not_address(kind, address.value))
        refuse(why_not_known(customer, kind, address.value))
        column = PRIMARY.get(CustomerAddress.Kind(kind))
        if column and not getattr(customer, column):
            setattr(customer, column, address.value)
            customer.save(update_fields=[column])
        else:
            address.entity_id = customer.entity_id
            address.save()
    return address


def change_address(
    *,
    address: CustomerAddress,
    value: str,
    by: Actor,
    reason: str = "",
    seen: Standing | None = None,
) -> CustomerAddress:
    """Puts a mistake right. A customer who has moved gets another address instead."""
    with correcting(
        "customer.address_changed", address.customer, by=by, reason=reason, seen=seen
    ) as event:
        reload(address)
        refuse(why_not_in_use(address))
        refuse(why_not_address(address.kind, value.strip()))
        if address.value == value.strip():
            event.discard()
        refuse(why_not_known(address.customer, address.kind, value.strip(), but=address))
        address.value = value.strip()
        address.save(update_fields=["value"])
    return address


def end_address(
    *, address: CustomerAddress, by: Actor, reason: str, seen: Standing | None = None
) -> CustomerAddress:
    """Nothing is sent there any more, and nobody is found by it."""
    with correcting("customer.address_ended", address.customer, by=by, reason=reason, seen=seen):
        reload(address)
        refuse(why_not_in_use(address))
        address.ended_at = timezone.now()
        address.save(update_fields=["ended_at"])
    return address


def make_primary(
    *, address: CustomerAddress, by: Actor, reason: str = "", seen: Standing | None = None
) -> Customer:
    """Swaps an address with the primary one of its kind."""
    customer = address.customer
    with correcting("customer.address_made_primary", customer, by=by, reason=reason, seen=seen):
        reload(address)
        refuse(why_not_in_use(address))
        column = PRIMARY.get(CustomerAddress.Kind(address.kind))
        if column is None:
            raise_no_primary(address)
        before, now = getattr(customer, str(column)), address.value
        setattr(customer, str(column), now)
        customer.save(update_fields=[str(column)])
        if before:
            address.value = before
        else:
            address.ended_at = timezone.now()
        address.save(update_fields=["value", "ended_at"])
    return customer


def raise_no_primary(address: CustomerAddress) -> None:
    refuse(f"No address of the kind “{address.get_kind_display()}” is the primary one.")


def clear_primary(
    *, customer: Customer, kind: str, by: Actor, reason: str, seen: Standing | None = None
) -> Customer:
    """The primary e-mail or phone is given up; it stays as an address that has ended."""
    column = PRIMARY[CustomerAddress.Kind(kind)]
    with correcting("customer.address_ended", customer, by=by, reason=reason, seen=seen):
        value = getattr(customer, column)
        refuse("" if value else "There is none to end.")
        setattr(customer, column, "")
        customer.save(update_fields=[column])
        CustomerAddress(
            entity_id=customer.entity_id, customer=customer, kind=kind, value=value,
            ended_at=timezone.now(),
        ).save()  # fmt: skip
    return customer


def deactivate(
    *, customer: Customer, by: Actor, reason: str, seen: Standing | None = None
) -> Customer:
    """No request is given to them any more; those they have go on."""
    return set_active(customer, by, reason, seen, "customer.deactivated", is_active=False)


def reactivate(
    *, customer: Customer, by: Actor, reason: str, seen: Standing | None = None
) -> Customer:
    return set_active(customer, by, reason, seen, "customer.reactivated", is_active=True)


def set_active(
    customer: Customer, by: Actor, reason: str, seen: Standing | None, kind: str, *, is_active: bool
) -> Customer:
    with correcting(kind, customer, by=by, reason=reason, seen=seen) as event:
        if customer.is_active == is_active:
            event.discard()
        customer.is_active = is_active
        customer.save(update_fields=["is_active"])
    return customer


def reload(address: CustomerAddress) -> None:
    """As it is now, locked after its customer, like everything that belongs to one."""
    rows = CustomerAddress.objects.select_for_update(of=("self",))
    address.refresh_from_db(from_queryset=rows, fields=["kind", "value", "ended_at"])


def why_not_in_use(address: CustomerAddress) -> str:
    return "" if address.ended_at is None else "This address has ended. Add it anew."


def why_not_address(kind: str, value: str) -> str:
    """Why this is no address of its kind; empty if it is one."""
    if kind == CustomerAddress.Kind.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            return "This is no e-mail address. Write it like name@example.com."
    if kind == CustomerAddress.Kind.PHONE and len(re.sub(r"\D", "", value)) < FEWEST_DIGITS:
        return f"A phone number has {FEWEST_DIGITS} digits or more. Check it."
    return "" if value else "Write the address."


def why_not_known(
    customer: Customer, kind: str, value: str, *, but: CustomerAddress | None = None
) -> str:
    """Why an address cannot be added to those of a customer; empty if it can."""
    column = PRIMARY.get(CustomerAddress.Kind(kind))
    others = in_use(customer, kind).annotate(lowered=Lower("value")).filter(lowered=value.lower())
    is_primary = column is not None and getattr(customer, column).lower() == value.lower()
    is_other = others.exclude(pk=but.pk if but is not None else 0).exists()
    return "The customer has this address already." if is_primary or is_other else ""


def in_use(customer: Customer, kind: str) -> QuerySet[CustomerAddress]:
    return CustomerAddress.objects.in_use().filter(customer=customer, kind=kind)
