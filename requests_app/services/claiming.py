"""What the customer asks for, by which papers and through whom: stated, and corrected where that
was written wrongly."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from audit.actors import Actor
from audit.standing import Standing
from requests_app.models import SupportRequest
from requests_app.services.acting import acting, put


class Claim(TypedDict, total=False):
    """What is left out is not said."""

    requested_remedy: str
    contact_name: str
    contact_address: str
    invoice_reference: str
    contract_reference: str
    claimed_amount: Decimal | None
    claimed_currency: str


NOTHING: Claim = {
    "requested_remedy": "", "contact_name": "", "contact_address": "", "invoice_reference": "",
    "contract_reference": "", "claimed_amount": None, "claimed_currency": "",
}  # fmt: skip


def stated(claim: Claim) -> dict[str, Any]:
    """The columns of a claim. A currency without an amount says nothing."""
    columns: dict[str, Any] = {**NOTHING, **claim}
    return columns if columns["claimed_amount"] is not None else {**columns, "claimed_currency": ""}


def correct_facts(
    *, support_request: SupportRequest, by: Actor, reason: str, seen: Standing | None = None,
    occurred_at: datetime | None = None, **claim: Unpack[Claim],
) -> SupportRequest:  # fmt: skip
    """All of them as they should read. The original stays as it came, and nothing is granted."""
    with acting(
        "correct_facts", "request.facts_corrected", support_request, by=by, reason=reason,
        seen=seen, occurred_at=occurred_at,
    ) as event:  # fmt: skip
        put(event, support_request, **stated(claim))
    return support_request
