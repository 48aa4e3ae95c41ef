"""Pages of approval policies: their versions, one of them, and the editor of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import actors, conflicts
from audit.actors import Actor
from audit.pages import page
from audit.standing import annotated
from requests_app.models import ApprovalPolicy
from requests_app.policies import Rule
from requests_app.policy_pages import forms, reading
from requests_app.policy_pages.sending import (
    attempted,
    entity_of,
    find,
    found_or_404,
    seen_in,
    shown_or_done,
)
from requests_app.services import policies


@dataclass(frozen=True)
class Decision:
    """A step of a version: its words, its service, and why it may not be done."""

    label: str
    note: str
    done: str
    service: Callable[..., ApprovalPolicy]
    why_not: Callable[[ApprovalPolicy, Actor], str]
    starts_from: tuple[str, ...]
    is_dated: bool = True


DECISIONS = {
    "propose": Decision(
        "Propose", "From then on it never changes, until somebody else approves or declines it.",
        "{} is proposed. Somebody else approves it.", policies.propose, policies.why_not_propose,
        ("draft",), is_dated=False,
    ),
    "approve": Decision(
        "Approve", "It takes effect at its moment, and what is submitted from then on follows it.",
        "{} is approved.", policies.approve, policies.why_not_approve, ("proposed",),
    ),
    "decline": Decision(
        "Decline", "It is kept as it is and never takes effect.", "{} is declined.",
        policies.decline, policies.why_not_decline, ("draft", "proposed"),
    ),
}  # fmt: skip
MOVES = ("up", "down", "remove")


@page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    found = reading.versions(actors.from_request(request), timezone.now())
    return render(request, "policies/overview.html", {"found": found})


def find_policy(request: HttpRequest, policy_id: int) -> ApprovalPolicy:
    rows = annotated(
        ApprovalPolicy.objects.select_related(
            "entity", "drafted_by", "proposed_by", "decided_by", "copied_from__entity"
        )
    )
    found: ApprovalPolicy = find(request, rows, policy_id)
    return found


def find_rule(policy: ApprovalPolicy, rule_id: int) -> tuple[tuple[Rule, ...], Rule]:
    """All rules of the version, and the one of this key."""
    rules = policies.rules_of(policy)
    return rules, found_or_404(next((rule for rule in rules if rule.pk == rule_id), None))


@page
@require_safe
def show_policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    return render_policy(request, find_policy(request, policy_id))


def render_policy(
    request: HttpRequest, policy: ApprovalPolicy, sent: tuple[str, forms.PowersForm] | None = None,
    status: int = 200, conflict: Any = None,
) -> HttpResponse:  # fmt: skip
    by, at = actors.from_request(request), timezone.now()
    rules, former = policies.rules_of(policy), policies.before(policy)
    tried = forms.TryForm(request.GET if "amount" in request.GET else None)
    given = tried.cleaned_data if tried.is_bound and tried.is_valid() else None
    context = {
        "policy": policy,
        "version": reading.version(policy, policies.in_force(policy.entity, at), at),
        "rules": [reading.rule_shown(rule, policy.currency) for rule in rules],
        "former": former,
        "differences": [
            each for each in policies.difference(former, policy) if each.what != "same"
        ],
        "may_change": not policies.why_not_change(policy, by),
        "seen": seen_in(policy)["seen"],
        "tried": tried,
        "answer": reading.answer(rules, given, policy.currency) if given is not None else None,
        "sent": sent[1] if sent else None,
        "conflict": conflict,
        **decisions_of(policy, by, sent),
    }  # fmt: skip
    return render(request, "policies/policy.html", context, status=status)


def decisions_of(
    policy: ApprovalPolicy, by: Actor, sent: tuple[str, forms.PowersForm] | None
) -> dict[str, Any]:
    """The steps that come next, each with its form, or with why it is not this person's."""
    sent_slug, sent_form = sent or ("", None)
    next_ones = {
        slug: way for slug, way in DECISIONS.items() if policy.status in way.starts_from
    }  # fmt: skip
    refusals = {slug: way.why_not(policy, by) for slug, way in next_ones.items()}
    return {
        "decisions": [
            (slug, way, sent_form if slug == sent_slug else
             forms.DecideForm(entity=policy.entity, row=policy, initial=seen_in(policy),
                              auto_id=f"id_{slug}_%s"))
            for slug, way in next_ones.items() if not refusals[slug]
        ],
        "refusals": [(next_ones[slug].label, refusal) for slug, refusal in refusals.items()
                     if refusal],
    }  # fmt: skip


@page
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """A new version, with the rules of the one in force."""
    entity, by = entity_of(request, code), actors.from_request(request)
    form = forms.PolicyForm(request.POST or None, entity=entity)

    def service() -> str:
        made = policies.draft(entity=entity, by=by, at=timezone.now(), **form.facts())
        return reverse("policies:policy-show", args=[made.pk])

    shown = {
        "title": f"Draft a new policy of {entity.code}", "label": "Draft",
        "refusal": policies.why_not_draft(entity, by),
    }  # fmt: skip
    return shown_or_done(request, form, service, reverse("policies:overview"), shown)


@page
def change(request: HttpRequest, policy_id: int) -> HttpResponse:
    policy = find_policy(request, policy_id)
    form = forms.PolicyForm(
        request.POST or None, entity=policy.entity, row=policy, initial=seen_in(policy)
    )
    return change_form(request, policy, form, f"Change {policy}", form.facts)


@page
def add_rule(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Before the last rule, where that takes whatever no other takes."""
    policy = find_policy(request, policy_id)
    rules = policies.rules_of(policy)
    form = forms.RuleForm(
        request.POST or None, entity=policy.entity, row=policy, initial=seen_in(policy)
    )
    place = len(rules) - 1 if rules and rules[-1].takes_everything else len(rules)

    def facts() -> dict[str, Any]:
        return {"rules": placed([*rules[:place], form.typed(1), *rules[place:]])}

    return change_form(request, policy, form, f"Add a rule to {policy}", facts)


@page
def change_rule(request: HttpRequest, policy_id: int, rule_id: int) -> HttpResponse:
    policy = find_policy(request, policy_id)
    rules, rule = find_rule(policy, rule_id)
    form = forms.RuleForm(
        request.POST or None, entity=policy.entity, row=policy, rule=rule, initial=seen_in(policy)
    )

    def facts() -> dict[str, Any]:
        typed = form.typed(rule.priority)
        return {"rules": placed([typed if each.pk == rule.pk else each for each in rules])}

    return change_form(request, policy, form, f"Change the rule {rule}", facts)


def change_form(
    request: HttpRequest, policy: ApprovalPolicy, form: forms.PowersForm, title: str,
    facts: Callable[[], dict[str, Any]],
) -> HttpResponse:  # fmt: skip
    """A form about a draft. ``facts`` reads what was typed, once that has the right shape."""
    by = actors.from_request(request)

    def service() -> None:
        seen = form.cleaned_data["seen"]
        policies.change_draft(policy=policy, by=by, seen=seen, **facts())

    shown = {"title": title, "label": "Save", "refusal": policies.why_not_change(policy, by)}
    back = reverse("policies:policy-show", args=[policy.pk])
    return shown_or_done(request, form, service, back, shown)


def placed(rules: list[Rule]) -> list[Rule]:
    """In this order, at the places 1, 2, 3 and so on."""
    return [replace(rule, priority=place) for place, rule in enumerate(rules, start=1)]


@page
def move_rule(request: HttpRequest, policy_id: int, rule_id: int, slug: str) -> HttpResponse:
    if slug not in MOVES:
        raise Http404("no such move")
    if request.method != "POST":
        return redirect("policies:policy-show", policy_id)
    policy, by = find_policy(request, policy_id), actors.from_request(request)
    rules, rule = find_rule(policy, rule_id)
    form = forms.MoveForm(request.POST, entity=policy.entity, row=policy)

    def service() -> None:
        policies.change_draft(
            policy=policy, by=by, seen=form.cleaned_data["seen"], rules=moved(rules, rule, slug)
        )

    return acted(request, policy, (slug, form), service, f"{rule} was moved or taken out.")


def moved(rules: tuple[Rule, ...], rule: Rule, slug: str) -> list[Rule]:
    place = rules.index(rule)
    others = [each for each in rules if each is not rule]
    if slug != "remove":
        others.insert(max(place - 1, 0) if slug == "up" else place + 1, rule)
    return placed(others)


@page
def decide(request: HttpRequest, policy_id: int, slug: str) -> HttpResponse:
    if slug not in DECISIONS:
        raise Http404("no such step")
    if request.method != "POST":
        return redirect("policies:policy-show", policy_id)
    way, by = DECISIONS[slug], actors.from_request(request)
    policy = find_policy(request, policy_id)
    form = forms.DecideForm(request.POST, entity=policy.entity, row=policy)

    def service() -> None:
        given = {"at": timezone.now()} if way.is_dated else {}
        way.service(policy=policy, by=by, **form.facts(), seen=form.cleaned_data["seen"], **given)

    return acted(request, policy, (slug, form), service, way.done.format(policy))


def acted(
    request: HttpRequest, policy: ApprovalPolicy, sent: tuple[str, forms.PowersForm],
    service: Callable[[], None], told: str,
) -> HttpResponse:  # fmt: skip
    """Does it, or shows the page again with what was typed and why it was not done."""
    form = sent[1]
    status, conflict = attempted(form, actors.from_request(request), service)
    if not status:
        messages.success(request, told)
        return redirect("policies:policy-show", policy.pk)
    conflicts.stand_again(form, policy)
    return render_policy(request, find_policy(request, policy.pk), sent, status, conflict)
