"""Verbs of the work itself: who does it, how urgent it is, what it is about, what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audit.actors import Actor
from requests_app import people, transitions
from requests_app.models import Customer, SupportRequest, User
from requests_app.services.acting import acting, put, refuse, standing, why_not_customer


def take(*, support_request: SupportRequest, by: Actor, **when: Any) -> SupportRequest:
    """Makes the actor the assignee and starts the work."""
    with acting("take", "request.taken", support_request, by=by, **when) as event:
        status = transitions.target("take", support_request.status)
        put(event, support_request, assignee_id=by.person.pk, status=status)
    return support_request


def triage(
    *, support_request: SupportRequest, priority: str, category: str, by: Actor, reason: str = "",
    **when: Any,
) -> SupportRequest:  # fmt: skip
    """Says how urgent a new request is and what it is about, before anybody works on it."""
    with acting(
        "triage", "request.triaged", support_request, by=by, reason=reason, **when
    ) as event:
        status = transitions.target("triage", support_request.status)
        put(event, support_request, status=status, priority=priority, category=category)
    return support_request


def assign(
    *, support_request: SupportRequest, assignee: User | None, by: Actor, reason: str = "",
    **when: Any,
) -> SupportRequest:  # fmt: skip
    """Gives the request to somebody who works there, or back to nobody; the status stays."""
    with acting(
        "assign", "request.assigned", support_request, by=by, reason=reason, **when
    ) as event:
        refuse(why_not_assignee(assignee, support_request))
        put(event, support_request, assignee_id=assignee.pk if assignee is not None else None)
    return support_request


def hand_over(
    *, support_request: SupportRequest, assignee: User, by: Actor, reason: str, **when: Any
) -> SupportRequest:
    """Passes what somebody works on to somebody else, who needs to know how it stands."""
    with acting(
        "hand_over", "request.handed_over", support_request, by=by, reason=reason, **when
    ) as event:
        refuse(why_not_hand_over(support_request))
        refuse(why_not_assignee(assignee, support_request))
        put(event, support_request, assignee_id=assignee.pk)
    return support_request


def why_not_hand_over(support_request: SupportRequest) -> str:
    if support_request.assignee_id is None:
        return "Nobody works on this request yet, so there is nothing to hand over. Assign it."
    return ""


def why_not_assignee(assignee: User | None, support_request: SupportRequest) -> str:
    """Why a person cannot be given this request; empty if they can."""
    if assignee is None:
        return ""
    refusal = people.why_not_work(assignee, support_request.entity)
    return f"{assignee} cannot be given this request. {refusal}" if refusal else ""


def change_priority(
    *, support_request: SupportRequest, priority: str, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    with acting(
        "change_priority", "request.priority_changed", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, priority=priority)
    return support_request


def change_category(
    *, support_request: SupportRequest, category: str, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    with acting(
        "change_category", "request.category_changed", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, category=category)
    return support_request


def change_customer(
    *, support_request: SupportRequest, customer: Customer | Callable[[], Customer], by: Actor,
    reason: str, **when: Any,
) -> SupportRequest:  # fmt: skip
    """Says that the request is another customer's. What was recorded of the first one stays. One
    who is to be found or added first comes from a function: only who may do this may look."""
    with acting(
        "change_customer", "request.customer_changed", support_request, by=by, reason=reason, **when
    ) as event:
        given = customer() if callable(customer) else customer
        refuse(why_not_customer(given, support_request.entity))
        put(event, support_request, customer_id=standing(given).pk)
    return support_request


def wait(
    *, support_request: SupportRequest, waiting_for: str, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    """Stops the work until somebody else has done their part; ``waiting_for`` is a status."""
    if waiting_for not in transitions.WAITING:
        raise ValueError(f"{waiting_for!r} is no status of waiting")
    with acting(
        "wait", "request.waiting_started", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, status=waiting_for)
    return support_request


def resume(
    *, support_request: SupportRequest, by: Actor, reason: str = "", **when: Any
) -> SupportRequest:
    with acting(
        "resume", "request.resumed", support_request, by=by, reason=reason, **when
    ) as event:
        put(event, support_request, status=transitions.target("resume", support_request.status))
    return support_request
