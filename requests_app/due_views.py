"""Pages of calendars, service levels and rules: shown to who works there, changed by who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import actors, conflicts
from audit.conflicts import Conflict
from audit.pages import page
from audit.recording import Refusal
from audit.standing import annotated, read_with
from requests_app import answerable, due_forms, due_reading, promising, sent_once, services
from requests_app.due_forms import ArrangeForm
from requests_app.models import Rule, ServiceLevel, WorkCalendar

UNPROCESSABLE, CONFLICT = 422, 409
EVERY = Q()


@dataclass(frozen=True)
class Part:
    """One kind of what is arranged: its words, its form and its services. ``argument`` is what they
    call the row."""

    slug: str
    label: str
    model: Any
    form: type[ArrangeForm]
    add: Callable[..., Any]
    change: Callable[..., Any]
    end: Callable[..., Any]
    argument: str
    consequence: str
    only: Q = EVERY

    @property
    def rows(self) -> Any:
        return self.model.objects.filter(self.only)

    @property
    def has_preview(self) -> bool:
        return self.model is not Rule


PARTS = {
    part.slug: part
    for part in (
        Part("calendar", "calendar", WorkCalendar, due_forms.CalendarForm, services.add_calendar,
             services.change_calendar, services.end_calendar, "calendar",
             "New requests get no due dates until there is another calendar. Dates that were given "
             "stay."),
        Part("level", "service level", ServiceLevel, due_forms.LevelForm,
             services.add_service_level, services.change_service_level, services.end_service_level,
             "level",
             "New requests of this priority get no due dates. Dates that were given stay."),
        Part("assigning", "assignment rule", Rule, due_forms.AssigningForm, services.add_rule,
             services.change_rule, services.end_rule, "rule",
             "New requests of this category are assigned to nobody. Those assigned already stay.",
             Q(kind=Rule.Kind.ASSIGN_BY_CATEGORY)),
        Part("closing", "closing rule", Rule, due_forms.ClosingForm, services.add_rule,
             services.change_rule, services.end_rule, "rule",
             "Resolved requests stay open until somebody closes them.",
             Q(kind=Rule.Kind.CLOSE_AFTER_SILENCE)),
    )
}  # fmt: skip


def part_of(slug: str) -> Part:
    try:
        return PARTS[slug]
    except KeyError:
        raise Http404("no such part") from None


@page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    arranged = due_reading.arranged(request.user, timezone.now())
    return render(request, "due/overview.html", {"arranged": arranged})


@page
def add(request: HttpRequest, code: str, part: str) -> HttpResponse:
    kind, by = part_of(part), actors.from_request(request)
    entity = due_reading.find_entity(code, by)
    form = kind.form(request.POST or None, entity=entity)
    return shown_or_done(request, kind, form, lambda facts: kind.add(entity=entity, **facts))


@page
def change(request: HttpRequest, part: str, arranged_id: int) -> HttpResponse:
    kind = part_of(part)
    row = due_reading.find(annotated(kind.rows), arranged_id, actors.from_request(request))
    if isinstance(row, Rule):
        answerable.note([row])
    form = kind.form(request.POST or None, entity=row.entity, row=row, initial=seen_in(row))
    return shown_or_done(
        request, kind, form, lambda facts: kind.change(**{kind.argument: row}, **facts)
    )


@page
def end(request: HttpRequest, part: str, arranged_id: int) -> HttpResponse:
    kind = part_of(part)
    row = due_reading.find(annotated(kind.rows), arranged_id, actors.from_request(request))
    form = due_forms.EndForm(request.POST or None, entity=row.entity, row=row, initial=seen_in(row))
    return shown_or_done(
        request, kind, form, lambda facts: kind.end(**{kind.argument: row}, **facts),
        template="due/end.html",
    )  # fmt: skip


def seen_in(row: Any) -> dict[str, Any]:
    return {"seen": str(read_with(row))}


def shown_or_done(
    request: HttpRequest, part: Part, form: ArrangeForm, service: Callable[[dict[str, Any]], Any],
    template: str = "due/form.html",
) -> HttpResponse:  # fmt: skip
    """Does it and goes back to the overview, or shows the form with what was typed."""
    by, status, previews = actors.from_request(request), 200, None
    conflict: Conflict | None = None
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid() and "preview" in request.POST:
            status, previews = 200, previewed(part, form)
        elif form.is_valid():
            status = CONFLICT
            is_done, conflict = attempt(request, form, service, by)
            if is_done:
                messages.success(request, f"The {part.label} is on record.")
                return redirect("due:overview")
    conflicts.stand_again(form, form.row)
    context = {
        "form": form, "conflict": conflict, "part": part, "row": form.row,
        "entity": form.entity, "previews": previews,
        "refusal": services.why_not_arrange(by, form.entity),
    }  # fmt: skip
    return render(request, template, context, status=status)


def attempt(
    request: HttpRequest, form: ArrangeForm, service: Callable[[dict[str, Any]], Any],
    by: actors.Actor,
) -> tuple[bool, Conflict | None]:  # fmt: skip
    """Whether it was done, by this form or, if it was sent twice, by the one before; what came
    between, where the form was stale."""
    given = {"by": by, "reason": form.cleaned_data["reason"], **form.facts()}
    if form.row is not None:
        given["seen"] = form.cleaned_data["seen"]

    def arranged() -> str:
        service(given)
        return reverse("due:overview")

    try:
        sent_once.done(request, arranged)
    except sent_once.DoneAlready:
        return True, None
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False, conflicts.of(refusal, form, by.person)
    return True, None


def previewed(part: Part, form: ArrangeForm) -> list[promising.Preview] | None:
    """What new requests would be promised if this were saved. Nothing is."""
    row = form.row or part.model(entity=form.entity)
    for name, value in form.facts().items():
        setattr(row, name, value)
    if refusal := promising.why_not(row):
        form.add_error(None, refusal)
        return None
    return promising.previews_with(row, timezone.now())
