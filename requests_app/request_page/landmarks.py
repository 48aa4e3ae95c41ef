"""Versions of a request worth comparing with the newest, beside the one before it."""

from __future__ import annotations

from audit.access import Landmark
from audit.versions import version_model
from requests_app.models import Approval, SupportRequest


def of_row(label: str, row_id: int) -> list[Landmark]:
    """Named versions of one row: what was approved, where something was."""
    if label != SupportRequest._meta.label_lower:
        return []
    approved = at_approval(row_id)
    return [] if approved is None else [Landmark("At approval against now", approved)]


def at_approval(support_request_id: int) -> int | None:
    """The version that stood when the request was last approved."""
    decisions = Approval.objects.filter(
        support_request_id=support_request_id, decision=Approval.Decision.APPROVED
    ).order_by("-decided_at")  # fmt: skip
    decided = decisions.values_list("decided_at", flat=True).first()
    if decided is None:
        return None
    stood = version_model(SupportRequest).objects.filter(
        id=support_request_id, history_date__lte=decided
    )
    found: int | None = stood.order_by("-history_id").values_list("history_id", flat=True).first()
    return found
