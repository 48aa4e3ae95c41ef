"""How a request ends, and how it goes on after all."""

from __future__ import annotations

from typing import Any

from audit.actors import Actor
from audit.recording import record
from requests_app import transitions
from requests_app.models import SupportRequest
from requests_app.services.acting import acting, put, refuse


def resolve(
    *, support_request: SupportRequest, resolution: str, note: str, by: Actor,
    root_cause: str = "", customer_confirmation: str = "", **when: Any,
) -> SupportRequest:  # fmt: skip
    with acting(
        "resolve", "request.resolved", support_request, by=by, reason=note, **when
    ) as event:
        status = transitions.target("resolve", support_request.status)
        put(
            event, support_request, status=status, resolution=resolution, resolution_note=note,
            root_cause=root_cause, customer_confirmation=customer_confirmation,
        )  # fmt: skip
    return support_request


def close(
    *, support_request: SupportRequest, by: Actor, reason: str = "",
    customer_confirmation: str | None = None, **when: Any,
) -> SupportRequest:  # fmt: skip
    """What the customer said stays as it is, where nothing is given."""
    with acting("close", "request.closed", support_request, by=by, reason=reason, **when) as event:
        told = {} if customer_confirmation is None else {
            "customer_confirmation": customer_confirmation
        }  # fmt: skip
        status = transitions.target("close", support_request.status)
        put(event, support_request, status=status, **told)
    return support_request


def reject(
    *, support_request: SupportRequest, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Ends what will not be done. It was rightly asked: what was not is cancelled."""
    with acting(
        "reject", "request.rejected", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, status=transitions.target("reject", support_request.status))
    return support_request


def cancel(
    *, support_request: SupportRequest, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Ends what should never have been opened, or is wanted no more. Its number stays taken."""
    with acting(
        "cancel", "request.cancelled", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, status=transitions.target("cancel", support_request.status))
    return support_request


def mark_duplicate(
    *, support_request: SupportRequest, original: SupportRequest, by: Actor, reason: str = "",
    **when: Any,
) -> SupportRequest:  # fmt: skip
    """Ends a request that asks for what another one does. Both trails say so; nothing is copied."""
    with acting(
        "mark_duplicate", "request.marked_duplicate", support_request, by=by, reason=reason,
        lock=lambda: lock_both(support_request, original), **when,
    ) as event:  # fmt: skip
        refuse(why_not_original(original, support_request))
        status = transitions.target("mark_duplicate", support_request.status)
        put(event, support_request, status=status, duplicate_of_id=original.pk)
        tell_original("request.duplicate_found", original, support_request, by, when)
    return support_request


def tell_original(
    kind: str, original: SupportRequest, duplicate: SupportRequest, by: Actor, when: dict[str, Any]
) -> None:
    """Says on the trail of the other request what is done to its duplicate."""
    record(
        kind, by=by, subject=original, detail={"duplicate": duplicate.number},
        occurred_at=when.get("occurred_at"),
    )  # fmt: skip


def lock_both(support_request: SupportRequest, original: SupportRequest) -> None:
    """In the order of their keys, so that two people who name each other's do not wait for ever;
    then as they are now, since a chain may just have been begun."""
    rows = SupportRequest.objects.filter(pk__in=[support_request.pk, original.pk])
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    for each in (support_request, original):
        each.refresh_from_db()


def why_not_original(original: SupportRequest, support_request: SupportRequest) -> str:
    """Why a request cannot stand for another one; empty if it can. Chains would hide the end."""
    if original.pk == support_request.pk:
        return "A request is no duplicate of itself. Give the number of the other one."
    repeated = SupportRequest.objects.filter(duplicate_of=support_request).first()
    if repeated is not None:
        return (
            f"{repeated.number} is a duplicate of this request. Reopen it first, or mark it as a "
            f"duplicate of {original.number}."
        )
    if original.entity_id != support_request.entity_id:
        return f"{original.number} belongs to another entity. Name one of the same."
    if original.duplicate_of is not None:
        return (
            f"{original.number} is itself a duplicate of {original.duplicate_of.number}. "
            "Name that one."
        )
    return ""


def reopen(
    *, support_request: SupportRequest, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Starts the work again. How it had ended stays in the trail and leaves the row."""
    with acting(
        "reopen", "request.reopened", support_request, by=by, reason=reason, **when
    ) as event:
        original = support_request.duplicate_of
        put(
            event, support_request, status=transitions.target("reopen", support_request.status),
            resolution="", resolution_note="", root_cause="", customer_confirmation="",
            duplicate_of_id=None,
        )  # fmt: skip
        if original is not None:
            tell_original("request.duplicate_withdrawn", original, support_request, by, when)
    return support_request
