"""Which request a mail belongs to, and whether its sender may write there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone

from requests_app import reading as requests
from requests_app import transitions
from requests_app.customers.reading import reached_by
from requests_app.mail.reading import Mail
from requests_app.models import Entity, InboundMail, Mailbox, OutboundMail, SupportRequest

LONGEST_ADDRESS = 254
NUMBER = re.compile(r"\b[A-Z][A-Z0-9]{1,7}-R-[0-9]{4}-[0-9]{6,9}\b", re.IGNORECASE)


def found(mail: Mail, entity: Entity) -> SupportRequest | None:
    """The request of the mail it answers, or else of the number in its subject."""
    by_header = by_references(mail, entity)
    if by_header is not None:
        return by_header
    numbers = [number.upper() for number in NUMBER.findall(mail.subject)][:5]
    named = {each.number: each for each in of_entity(entity).filter(number__in=numbers)}
    return next((named[number] for number in numbers if number in named), None)


def by_references(mail: Mail, entity: Entity) -> SupportRequest | None:
    """By the nearest mail that we sent or received."""
    known: dict[str, int] = {}
    for model in (InboundMail, OutboundMail):
        rows: Any = model._default_manager.filter(
            entity=entity, header_id__in=mail.references, support_request__isnull=False
        )
        known |= dict(rows.values_list("header_id", "support_request_id"))
    nearest = next((known[each] for each in mail.references if each in known), None)
    return of_entity(entity).filter(pk=nearest).first() if nearest else None


def of_entity(entity: Entity) -> Any:
    return SupportRequest.objects.filter(entity=entity).select_related("customer", "entity")


def is_of_customer(support_request: SupportRequest, address: str) -> bool:
    """Whether an address is that of the request's customer: nobody else writes into it by mail."""
    customer = support_request.customer
    if customer is None or not address:
        return False
    if customer.is_active and customer.email.lower() == address.lower():
        return True
    known = reached_by(support_request.entity, address)
    return known is not None and known.pk == customer.pk


def why_loop(mail: Mail, entity: Entity) -> str:
    """By what a mail is seen to be one of ours that came back; empty if it is none."""
    if mail.message_id and OutboundMail.objects.filter(header_id=mail.message_id).exists():
        return "we sent it ourselves"
    passed = [address for address in (*mail.loops, mail.sender) if address]
    ours = Mailbox.objects.at(passed).values_list("address", flat=True) if passed else []
    known = {address.lower() for address in ours}
    if mail.sender.lower() in known:
        return "its sender is a mailbox of ours"
    return "it has passed a mailbox of ours already" if known else ""


def what_follows(support_request: SupportRequest) -> str:
    """What the customer's answer does: a verb, "" if it is only kept, OPEN if it must open
    another request because this one is over."""
    verb = transitions.ANSWERED.get(support_request.status, "")
    days = transitions.REOPENED_WITHIN_DAYS.get(support_request.status)
    if days is None:
        return verb
    since = requests.in_status_since(support_request)
    is_late = since is not None and timezone.now() - since > timedelta(days=days)
    return transitions.OPENS_ANOTHER if is_late else verb
