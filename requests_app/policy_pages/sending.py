"""How pages of policies find their rows, and what becomes of a form that is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import actors, conflicts
from audit.actors import Actor
from audit.forms import SeenForm
from audit.recording import Refusal, record
from audit.standing import read_with
from audit.views import refuse
from requests_app import sent_once
from requests_app.models import Entity
from requests_app.policy_pages import forms

UNPROCESSABLE, CONFLICT = 422, 409


def found_or_404(row: Any) -> Any:
    if row is None:
        raise Http404("not of an entity that this person works in")
    return row


def entity_of(request: HttpRequest, code: str) -> Entity:
    found = forms.entity_of(request.user, code)
    hidden = Entity.objects.filter(code=code).first() if found is None else None
    if hidden is not None:
        refuse(request, hidden)
    return found_or_404(found)


def find(request: HttpRequest, rows: QuerySet[Any], key: int) -> Any:
    """The row, if the person may see it. A refused look is recorded."""
    by = actors.from_request(request)
    found = rows.visible_to(by.person).filter(pk=key).first()  # type: ignore[attr-defined]
    if found is None and (hidden := rows.filter(pk=key).first()) is not None:
        record("trail.view_denied", by=by, subject=hidden, outcome="denied")
    return found_or_404(found)


def seen_in(row: Any) -> dict[str, str]:
    return {"seen": str(read_with(row))}


def attempted(form: SeenForm, by: Actor, service: Callable[[], object]) -> tuple[int, Any]:
    """The status to answer with, 0 where it was done; and what came between, where it was stale."""
    if not form.is_valid():
        return UNPROCESSABLE, None
    try:
        service()
    except sent_once.DoneAlready:
        return 0, None
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return CONFLICT, conflicts.of(refusal, form, by.person)
    return 0, None


def shown_or_done(
    request: HttpRequest, form: forms.PowersForm, service: Callable[[], object], back: str,
    shown: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    """Does it and goes back, or shows the form with what was typed. ``service`` may return another
    address to go to."""
    status, conflict, where = 200, None, back

    def act() -> str:
        done = service()
        return done if isinstance(done, str) else back

    def once() -> None:
        nonlocal where
        where = sent_once.done(request, act)

    if request.method == "POST":
        status, conflict = attempted(form, actors.from_request(request), once)
        if not status:
            messages.success(request, "It is on record.")
            return redirect(where)
        conflicts.stand_again(form, form.row)
    context = {"form": form, "conflict": conflict, "back": back, **shown}
    return render(request, "policies/form.html", context, status=status)
