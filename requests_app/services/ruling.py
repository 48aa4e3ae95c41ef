"""What rules do by themselves: each act an event of its own, with the rule as actor and cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from audit.actors import Actor, Origin
from audit.recording import recording
from requests_app import rules, transitions
from requests_app.models import Message, Rule, SupportRequest
from requests_app.models.facts import Confirmation
from requests_app.services.acting import put
from requests_app.services.working import assign, why_not_assignee


def assign_opened(
    support_request: SupportRequest, *, origin: Origin, occurred_at: datetime | None
) -> None:
    """Gives a new request to whom the rule of its category names, in the transaction that opens it.
    A rule that cannot act never keeps a request from being opened."""
    rule = rules.for_category(support_request.entity, support_request.category)
    if rule is None:
        return
    by = rules.actor(rule, rule.newest_version, origin)
    refusal = why_not_assignee(rule.assignee, support_request)
    if rule.trouble != refusal:
        note_trouble(rule, refusal, by, occurred_at)
    if not refusal:
        assign(
            support_request=support_request, assignee=rule.assignee, by=by, occurred_at=occurred_at
        )


def note_trouble(rule: Rule, trouble: str, by: Actor, occurred_at: datetime | None = None) -> None:
    """Says once that a rule cannot act, and once that it can again."""
    kind = "rule.skipped" if trouble else "rule.recovered"
    with recording(kind, by=by, subject=rule, occurred_at=occurred_at, locked=True) as event:
        if rule.trouble == trouble:
            event.discard()
        rule.trouble = trouble
        rule.save(update_fields=["trouble"])


def close_silent(limit: int) -> int:
    """Closes requests that were resolved so long ago that their rule says so, oldest first and no
    more than ``limit``; returns how many."""
    found = [
        (rule, support_request)
        for rule in rules.in_use(Rule.Kind.CLOSE_AFTER_SILENCE).order_by("pk")
        for support_request in silent(rule)[:limit]
    ]
    closed = [close_by_rule(rule, support_request) for rule, support_request in found[:limit]]
    return sum(closed)


def silent(rule: Rule) -> QuerySet[SupportRequest]:
    """What a rule would close now. One for a category goes before the one for all the others."""
    requests = SupportRequest.objects.filter(
        entity_id=rule.entity_id, status="resolved",
        ended_at__lte=Now() - timedelta(days=rule.days or 0),
    )  # fmt: skip
    if rule.category:
        requests = requests.filter(category__iexact=rule.category)
    else:
        own = Rule.objects.filter(
            entity_id=rule.entity_id, kind=rule.kind, is_active=True,
            category__iexact=OuterRef("category"),
        )  # fmt: skip
        requests = requests.exclude(Exists(own.exclude(category="")))
    answers = Message.objects.filter(
        support_request=OuterRef("pk"), kind="customer", written_at__gt=OuterRef("ended_at")
    )
    return requests.exclude(Exists(answers)).order_by("ended_at")


def close_by_rule(
    rule: Any,
    support_request: SupportRequest,
    *,
    occurred_at: datetime | None = None,
    channel: str = "job",
) -> bool:
    """Closes it under its lock, unless it is silent no more: somebody was quicker. Returns whether
    it did."""
    reason = f"{rule.name}: no answer from the customer within {days(rule)} of its resolution."
    by = rules.actor(rule, rule.newest_version, Origin(channel=channel))
    is_closed = False
    with recording(
        "request.closed", by=by, subject=support_request, reason=reason, locked=True,
        occurred_at=occurred_at,
    ) as event:  # fmt: skip
        if not silent(rule).filter(pk=support_request.pk).exists():
            event.discard()
        put(
            event, support_request,
            status=transitions.target("close", support_request.status),
            customer_confirmation=support_request.customer_confirmation or Confirmation.NO_ANSWER,
        )  # fmt: skip
        is_closed = True
    return is_closed  # noqa: RET504 - where it was discarded, the block ended before


def days(rule: Rule) -> str:
    return "1 day" if rule.days == 1 else f"{rule.days} days"
