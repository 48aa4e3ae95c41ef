"""Pages of limits and delegations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import actors
from audit.actors import Actor
from audit.pages import page
from audit.standing import annotated
from requests_app import approvable
from requests_app.models import ApprovalLimit, Delegation
from requests_app.policy_pages import forms, reading
from requests_app.policy_pages.sending import entity_of, find, seen_in, shown_or_done
from requests_app.services import powers


@page
@require_safe
def show_limits(request: HttpRequest) -> HttpResponse:
    by = actors.from_request(request)
    context = {"found": reading.limits(by)}
    return render(request, "policies/limits.html", context)


@page
def add_limit(request: HttpRequest, code: str) -> HttpResponse:
    entity, by = entity_of(request, code), actors.from_request(request)
    form = forms.LimitForm(request.POST or None, entity=entity)

    def service() -> None:
        powers.set_limit(entity=entity, by=by, on=entity.today(), **form.facts())

    shown = {
        "title": f"Set a limit in {entity.code}", "label": "Set",
        "refusal": powers.why_not_set(entity, by),
    }  # fmt: skip
    return shown_or_done(request, form, service, reverse("policies:limit-list"), shown)


@page
def end_limit(request: HttpRequest, limit_id: int) -> HttpResponse:
    rows = annotated(ApprovalLimit.objects.select_related("entity", "person"))
    limit, by = find(request, rows, limit_id), actors.from_request(request)
    form = forms.EndLimitForm(
        request.POST or None, entity=limit.entity, row=limit, initial=seen_in(limit)
    )

    def service() -> None:
        on, seen = limit.entity.today(), form.cleaned_data["seen"]
        powers.end_limit(limit=limit, by=by, on=on, seen=seen, **form.facts())

    refusal = powers.why_not_end_limit(limit, by, limit.entity.today())
    shown = {"title": f"End the {str(limit)[0].lower()}{str(limit)[1:]}", "label": "End",
             "refusal": refusal}  # fmt: skip
    return shown_or_done(request, form, service, reverse("policies:limit-list"), shown)


@page
@require_safe
def show_delegations(request: HttpRequest) -> HttpResponse:
    by, at = actors.from_request(request), timezone.now()
    found = [
        (one, [shown_delegation(row, by, at) for row in one.rows])
        for one in reading.delegations(by)
    ]
    return render(request, "policies/delegations.html", {"found": found})


def shown_delegation(row: Delegation, by: Actor, at: datetime) -> dict[str, Any]:
    labels = approvable.kinds()
    return {
        "row": row, "state": state_of(row, at), "refusal": powers.why_not_revoke(row, by, at),
        "kinds": ", ".join(labels.get(kind, kind) for kind in row.kinds),
    }  # fmt: skip


def state_of(delegation: Delegation, at: datetime) -> str:
    if delegation.revoked_at is not None:
        return "Revoked"
    if delegation.ends_at <= at:
        return "Ended"
    return "In force" if delegation.is_in_force(at) else "Begins later"


@page
def add_delegation(request: HttpRequest, code: str) -> HttpResponse:
    entity, by = entity_of(request, code), actors.from_request(request)
    form = forms.DelegationForm(request.POST or None, entity=entity)

    def service() -> None:
        at, facts = timezone.now(), form.facts()
        facts["starts_at"] = facts["starts_at"] or at
        powers.delegate(giver=by.person, entity=entity, by=by, at=at, **facts)

    shown = {
        "title": f"Let a colleague approve for you in {entity.code}", "label": "Delegate",
        "refusal": reading.why_not_give(entity, by),
    }  # fmt: skip
    return shown_or_done(request, form, service, reverse("policies:delegation-list"), shown)


@page
def revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    rows = annotated(Delegation.objects.select_related("entity", "giver", "taker"))
    row, by = find(request, rows, delegation_id), actors.from_request(request)
    form = forms.DecideForm(request.POST or None, entity=row.entity, row=row, initial=seen_in(row))

    def service() -> None:
        seen = form.cleaned_data["seen"]
        powers.revoke(delegation=row, by=by, at=timezone.now(), seen=seen, **form.facts())

    shown = {
        "title": f"Revoke: {row}", "label": "Revoke",
        "refusal": powers.why_not_revoke(row, by, timezone.now()),
    }  # fmt: skip
    return shown_or_done(request, form, service, reverse("policies:delegation-list"), shown)
