"""The verbs of the request page: what each asks for, and whether this person may do it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from audit.actors import Actor
from requests_app import services, transitions
from requests_app.forms import (
    CloseForm,
    PriorityForm,
    ReopenForm,
    ReplyForm,
    ResolveForm,
    TakeForm,
)
from requests_app.models import SupportRequest


@dataclass(frozen=True)
class Verb:
    """``name`` is that of the service, ``slug`` stands in the address, ``done`` is said after."""

    name: str
    slug: str
    label: str
    icon: str
    form: type[forms.Form]
    done: str


@dataclass(frozen=True)
class Offer:
    """A verb on one request for one person: its form, or why there is none."""

    verb: Verb
    form: forms.Form
    refusal: str

    @property
    def is_open(self) -> bool:
        """Whether its form is unfolded: it was sent and not accepted."""
        return self.form.is_bound


VERBS = {
    verb.slug: verb
    for verb in (
        Verb("take", "take", "Take", "person", TakeForm, "You have taken this request."),
        Verb("reply", "reply", "Reply", "message", ReplyForm, "Your reply is on record."),
        Verb("change_priority", "change-priority", "Change priority", "flag", PriorityForm,
             "The priority is as you chose it."),
        Verb("resolve", "resolve", "Resolve", "check", ResolveForm, "The request is resolved."),
        Verb("close", "close", "Close", "lock", CloseForm, "The request is closed."),
        Verb("reopen", "reopen", "Reopen", "undo", ReopenForm, "The request is open again."),
    )
}  # fmt: skip


def do(verb: Verb, support_request: SupportRequest, by: Actor, given: Mapping[str, Any]) -> None:
    """Raises Refusal, with a sentence for the person."""
    service = getattr(services, verb.name)
    service(support_request=support_request, by=by, **given)


def form_of(verb: Verb, support_request: SupportRequest, data: Any = None) -> forms.Form:
    """Ids carry the verb, since several forms share a page; names are those of the service."""
    initial = {"priority": support_request.priority}
    return verb.form(data, auto_id=f"{verb.slug}-%s", initial=initial)


def why_not(verb: Verb, support_request: SupportRequest, by: Actor) -> str:
    """The service's refusal, or that the verb would change nothing."""
    refusal = services.why_not(verb.name, support_request, by)
    if refusal or verb.name != "take":
        return refusal
    is_at_work = transitions.is_at_work(
        support_request.status,
        assignee_id=support_request.assignee_id,
        person_id=by.person.pk if by.person is not None else None,
    )
    return "You work on this request already." if is_at_work else ""


def offers(support_request: SupportRequest, by: Actor, sent: Offer | None = None) -> list[Offer]:
    """Every verb; the one that was just sent keeps what was typed."""
    return [
        sent
        if sent is not None and sent.verb is verb
        else Offer(verb, form_of(verb, support_request), why_not(verb, support_request, by))
        for verb in VERBS.values()
    ]


def refusals(offered: list[Offer]) -> dict[str, list[Offer]]:
    """What is refused, gathered by the reason, so that one reason is said once."""
    found: dict[str, list[Offer]] = {}
    for offer in offered:
        if offer.refusal:
            found.setdefault(offer.refusal, []).append(offer)
    return found
