"""The start page: what waits for each role, with the numbers that lead to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.pages import page
from requests_app import people, people_reading
from requests_app.models import Role
from requests_app.queue import presets, tiles, waiting


@page
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_app/queue/home.html", context_of(request.user))


def context_of(person: Any) -> dict[str, Any]:
    """Whoever holds several roles sees the part of each."""
    roles = people.roles_in(person, None)
    context: dict[str, Any] = {"as_of": timezone.now(), "first": presets.first_of(person)}
    context["has_roles"] = bool(roles)
    groups = {name: group for name, (role, group) in tiles.GROUPS.items() if role in roles}
    context |= tiles.grouped(groups, person)
    if Role.AGENT in roles:
        context["next"] = tiles.next_due(person)
    if Role.LEAD in roles:
        context["loads"] = tiles.loads(person)
    if roles & tiles.FINANCE:
        context["claims"] = tiles.claims(person)
    if Role.AUDITOR in roles:
        context["looks"] = tiles.latest_looks(person)
    if Role.ADMINISTRATOR in roles:
        held = people_reading.holders(person)
        context["people"] = [(role, count) for role, count in held.items() if count]
    if roles:
        context["waiting"] = waiting.for_person(person)
    if roles & people.READS_TRAIL:
        context["check"] = tiles.last_check()
    if not context.keys() & {"work", "team", "claims", "exceptions", "people"}:
        context["desk"] = tiles.shown((tiles.OPEN,), person) if roles else []
    return context
