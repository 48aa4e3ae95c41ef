"""Pages of people and roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from audit import actors, conflicts, looks, paging, timeline
from audit.conflicts import Conflict
from audit.pages import page
from audit.recording import Refusal, record
from audit.standing import annotated
from requests_app import people, rights, staff
from requests_app import people_reading as reading
from requests_app import people_verbs as verbs
from requests_app.accounts import factors
from requests_app.models import Role, User
from requests_app.people_forms import AddForm, PeopleFilter

ROWS = 50
UNPROCESSABLE, CONFLICT = 422, 409


def find(request: HttpRequest, person_id: int) -> User:
    """The person, if the viewer may see them. A refused look is recorded, and answered as if there
    were nobody."""
    visible = annotated(User.objects.visible_to(request.user))
    person: User | None = visible.filter(pk=person_id).first()
    if person is None:
        other = User.objects.filter(pk=person_id).first()
        if other is not None:
            by = actors.from_request(request)
            record("trail.view_denied", by=by, subject=other, outcome="denied")
        raise Http404("no such person")
    return person


@page
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    form = PeopleFilter(request.GET, person=request.user)
    given = form.cleaned_data if form.is_valid() else {}
    rows = reading.found(request.user, given) if form.is_valid() else User.objects.none()
    shown = paging.cut(rows, paging.position(request.GET), ROWS)
    is_administrator = bool(people.entities_of(request.user, people.ADMINISTERS))
    count = timeline.count(rows)
    if given.get("q"):
        looks.searched(request, given["q"], {}, count)
    secured = reading.with_factor(shown.rows) if is_administrator else set()
    context = {
        "form": form,
        "page": shown,
        "rows": [(row, reading.roles_today(row), row.pk in secured) for row in shown.rows],
        "count": count,
        "applied": form.applied(),
        "is_administrator": is_administrator,
    }
    return render(request, "people/list.html", context)


@page
@require_safe
def show(request: HttpRequest, person_id: int) -> HttpResponse:
    return render_person(request, find(request, person_id))


@page
def act(request: HttpRequest, person_id: int, slug: str) -> HttpResponse:
    """Does one act, or shows the page again with what was typed and why it was not done."""
    chosen = verbs.ACTS.get(slug)
    if chosen is None:
        raise Http404("no such act")
    if request.method != "POST":
        return redirect("people:person-show", person_id)
    person, by = find(request, person_id), actors.from_request(request)
    form = verbs.form_of(chosen, person, by, data=request.POST)
    status, conflict = UNPROCESSABLE, None
    if form.is_valid():
        try:
            chosen.do(person=person, by=by, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT
            conflict = conflicts.of(refusal, form, request.user)
        else:
            messages.success(request, chosen.done)
            return redirect("people:person-show", person.pk)
    conflicts.stand_again(form, person)
    person = find(request, person_id)
    sent = verbs.Offered(chosen, form, chosen.why_not(person, by))
    return render_person(request, person, sent, status, conflict)


def render_person(
    request: HttpRequest, person: User, sent: verbs.Offered | None = None, status: int = 200,
    conflict: Conflict | None = None,
) -> HttpResponse:  # fmt: skip
    people.hold_grants(person)
    sees_account = reading.sees_account(request.user, person)
    is_administrator = bool(people.entities_of(request.user, people.ADMINISTERS))
    by = actors.from_request(request)
    factors.hold(person)
    offered = verbs.offers(person, by, sent) if is_administrator or sent is not None else []
    held = reading.grants(request.user, person, with_past=sees_account)
    context = {
        "person": person,
        "sent": sent,
        "conflict": conflict,
        "held": held,
        "sees_account": sees_account,
        "offers": verbs.possible(offered),
        "refusals": verbs.refusals(offered),
        **(account_of(request, person) if sees_account else {}),
    }
    return render(request, "people/show.html", context, status=status)


def account_of(request: HttpRequest, person: User) -> dict[str, Any]:
    return {
        "has_factor": factors.has_factor(person),
        "sign_ins": reading.sign_ins(request.user, person),
        "acts": reading.latest_acts(request.user, person),
        "has_acted": reading.has_acted(request.user, person),
    }


@page
def add(request: HttpRequest) -> HttpResponse:
    by = actors.from_request(request)
    refusal = people.why_not_add(by)
    form = AddForm(request.POST or None, by=request.user)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                person = staff.welcome(by=by, **form.cleaned_data)
            except Refusal as refused:
                form.add_error(None, str(refused))
                status = CONFLICT
            else:
                told = f"{person} is added. A link to set a password is on its way."
                messages.success(request, told)
                return redirect("people:person-show", person.pk)
    context = {"form": form, "refusal": refusal}
    return render(request, "people/add.html", context, status=status)


@page
@require_safe
def show_roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, and how many hold it."""
    held = reading.holders(request.user)
    context = {
        "roles": [(role, held[role]) for role in Role],
        "matrix": rights.matrix(),
        "own": {grant.role for grant in people.grants_of(request.user)},
    }
    return render(request, "people/roles.html", context)
