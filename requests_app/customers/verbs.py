"""What can be done on the page of a customer: its form, its service, and whether it may be now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.actors import Actor
from audit.standing import Standing, read_with
from requests_app import services
from requests_app.customers import forms
from requests_app.models import Customer, CustomerAddress
from requests_app.services.customers import why_not_correct


@dataclass(frozen=True)
class Verb:
    slug: str
    label: str
    icon: str
    form: type[forms.CustomerForm]
    service: Callable[..., object]
    done: str


@dataclass(frozen=True)
class Offer:
    verb: Verb
    form: forms.CustomerForm

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


def end_address(**given: Any) -> object:
    """One of the further addresses, or the primary one of a kind."""
    return services.clear_primary(**given) if "kind" in given else services.end_address(**given)


VERBS = {
    verb.slug: verb
    for verb in (
        Verb("change-facts", "Correct name or number", "edit", forms.FactsForm,
             services.change_facts, "The customer is corrected."),
        Verb("add-address", "Add an address", "plus", forms.AddAddressForm,
             services.add_address, "The address is added."),
        Verb("change-address", "Correct an address", "edit", forms.ChangeAddressForm,
             services.change_address, "The address is corrected."),
        Verb("make-primary", "Make an address primary", "swap", forms.PrimaryForm,
             services.make_primary, "The address is the primary one now."),
        Verb("end-address", "End an address", "x", forms.EndAddressForm,
             end_address, "The address has ended."),
        Verb("deactivate", "Deactivate", "lock", forms.DeactivateForm,
             services.deactivate, "No request goes to this customer any more."),
        Verb("reactivate", "Reactivate", "undo", forms.ReactivateForm,
             services.reactivate, "The customer is in use again."),
    )
}  # fmt: skip


def offers(
    customer: Customer, addresses: list[CustomerAddress], by: Actor, sent: Offer | None = None
) -> list[Offer]:
    """What makes sense now; the one that was just sent keeps what was typed."""
    if why_not_correct(customer, by):
        return [sent] if sent is not None else []
    standing = read_with(customer)
    left_out = {"deactivate" if not customer.is_active else "reactivate"}
    if not addresses:
        left_out |= {"change-address", "make-primary"}
    if not (addresses or customer.email or customer.phone):
        left_out.add("end-address")
    return [
        sent
        if sent is not None and sent.verb is verb
        else Offer(verb, form_of(verb, customer, addresses, standing))
        for verb in VERBS.values()
        if verb.slug not in left_out or (sent is not None and sent.verb is verb)
    ]


def form_of(
    verb: Verb, customer: Customer, addresses: list[CustomerAddress],
    standing: Standing | None = None, data: Any = None,
) -> forms.CustomerForm:  # fmt: skip
    return verb.form(
        data, auto_id=f"{verb.slug}-%s", customer=customer, addresses=addresses, standing=standing
    )
