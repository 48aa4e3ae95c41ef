"""Approval records: each step that was asked for, by whom it was decided, and on what content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit import veils
from requests_app import currencies
from requests_app.logs import Column, Log, Row
from requests_app.logs.events_of import first_and_last
from requests_app.models import Approval, Role, SupportRequest


def rows(
    support_request: SupportRequest, person: Any, after: int, limit: int | None
) -> Iterable[Row]:
    found = list(
        Approval.objects.filter(support_request_id=support_request.pk)
        .select_related("approver").order_by("pk")
    )  # fmt: skip
    veils.cover(found, person)
    events = first_and_last(Approval, [approval.pk for approval in found])
    return [row_of(approval, *events.get(approval.pk, (None, None))) for approval in found]


def row_of(approval: Approval, opened: int | None, decided: int | None) -> Row:
    is_decided = approval.decision != Approval.Decision.PENDING
    scaled = currencies.at_scale(approval.amount, approval.currency)
    return {
        "id": approval.pk,
        "step": approval.step,
        "required_role": dict(Role.choices).get(approval.required_role, approval.required_role),
        "decision": approval.get_decision_display(),
        "approver": str(approval.approver) if approval.approver else "",
        "approver_id": approval.approver_id or "",
        "decided_at": approval.decided_at,
        "amount": f"{scaled:f}",
        "currency": approval.currency,
        "content_hash": approval.content_hash,
        "reason": approval.reason,
        "opened_event": opened,
        "decided_event": decided if is_decided else None,
    }


LOG = Log(
    name="approvals",
    title="Approvals",
    about="Each step of approval: the role it needs, who decided, when, on which amount, and the "
    "hash of what was decided.",
    columns=(
        Column("step", "Step", "number"), Column("required_role", "Needs the role"),
        Column("decision", "Decision"), Column("approver", "Approver"),
        Column("decided_at", "Decided", "moment"), Column("amount", "Amount", "number"),
        Column("currency", "Currency"), Column("content_hash", "SHA-256 of the content", "code"),
        Column("reason", "Comment", "long"), Column("opened_event", "Asked for by", "event"),
        Column("decided_event", "Decided by", "event"), Column("id"), Column("approver_id"),
    ),
    rows=rows,
    none="No approval was asked for",
    hint="A step appears here as soon as one is, with who may decide it.",
)  # fmt: skip
