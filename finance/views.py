"""Pages of the books: periods, accounts and the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit import actors, conflicts, looks, paging, timeline
from audit.actors import Actor
from audit.pages import page
from audit.recording import Refusal
from audit.standing import annotated, read_with
from audit.views import refuse
from finance import deciding, forms, reading
from finance.models import Account, CostCentre, JournalEntry, Period, TaxCode
from finance.services import chart, periods, posting
from requests_app import sent_once
from requests_app.models import Entity

ROWS = 50
UNPROCESSABLE, CONFLICT = 422, 409


@dataclass(frozen=True)
class Part:
    """One kind of what lines are coded with: its words, its model and its forms."""

    label: str
    model: type[Account] | type[CostCentre] | type[TaxCode]
    new: type[forms.BooksForm]
    changed: type[forms.BooksForm]


PARTS = {
    "account": Part("account", Account, forms.NewAccountForm, forms.AccountForm),
    "cost-centre": Part("cost centre", CostCentre, forms.NewCostCentreForm, forms.DimensionForm),
    "tax-code": Part("tax code", TaxCode, forms.NewTaxCodeForm, forms.DimensionForm),
}


def part_of(slug: str) -> Part:
    try:
        return PARTS[slug]
    except KeyError:
        raise Http404("no such part") from None


def found_or_none(row: Any) -> Any:
    if row is None:
        raise Http404("not in books that this person reads")
    return row


def entity_of(request: HttpRequest, code: str) -> Entity:
    readable = {entity.code: entity for entity in reading.entities(request.user)}
    hidden = Entity.objects.filter(code=code).first() if code not in readable else None
    if hidden is not None:
        refuse(request, hidden)
    return found_or_none(readable.get(code))


@page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    by = actors.from_request(request)
    books = [reading.books_of(entity) for entity in reading.entities(request.user)]
    may = {each.entity.pk: not chart.why_not_keep(by, each.entity) for each in books}
    return render(request, "finance/overview.html", {"books": books, "may": may})


@page
@require_safe
def show_journal(request: HttpRequest) -> HttpResponse:
    form = forms.JournalFilter(request.GET, person=request.user)
    given = form.cleaned_data if form.is_valid() else {}
    rows = reading.entries(request.user, given)
    rows = rows if form.is_valid() else rows.none()
    shown = paging.cut(rows, paging.position(request.GET), ROWS)
    count = timeline.count(rows)
    if given.get("q"):
        looks.searched(request, given["q"], {}, count)
    moved = reading.debits(shown.rows)
    context = {
        "form": form,
        "page": shown,
        "rows": [(row, *moved[row.pk]) for row in shown.rows],
        "count": count,
        "is_filtered": form.applied(),
    }
    return render(request, "finance/journal.html", context)


@page
@require_safe
def show_entry(request: HttpRequest, number: str) -> HttpResponse:
    return render_entry(request, find_entry(request, number))


def find_entry(request: HttpRequest, number: str) -> JournalEntry:
    rows = JournalEntry.objects.select_related(
        "entity", "period", "adjustment__support_request", "reverses", "reversed_by",
        "posted_by", "prepared_by",
    )  # fmt: skip
    found = reading.find(rows, actors.from_request(request), number=number)
    return found_or_none(found)


def render_entry(
    request: HttpRequest, entry: JournalEntry, form: forms.ReverseForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    looks.at(request, entry)
    by = actors.from_request(request)
    lines = entry.lines.select_related(
        "account", "cost_centre", "tax_code", "partner", "customer"
    ).order_by("position")
    context = {
        "entry": entry,
        "lines": lines,
        "version": entry.history.latest(),
        "form": form or forms.ReverseForm(entity=entry.entity),
        "refusal": posting.why_not_reversed(entry, by),
    }
    return render(request, "finance/entry.html", context, status=status)


@page
def reverse_entry(request: HttpRequest, number: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("books:entry-show", number)
    entry, by = find_entry(request, number), actors.from_request(request)
    form = forms.ReverseForm(request.POST, entity=entry.entity)
    form.is_from_nowhere = True  # what is posted does not change, so no form of it is stale
    if not form.is_valid():
        return render_entry(request, entry, form, UNPROCESSABLE)
    try:
        made = posting.reverse(
            entry=entry, posting_date=form.cleaned_data["posting_date"], by=by,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return render_entry(request, entry, form, CONFLICT)
    messages.success(request, f"{entry} is reversed by {made}.")
    return redirect("books:entry-show", made.number)


def find_period(request: HttpRequest, period_id: int) -> Period:
    rows = annotated(Period.objects.select_related("entity", "asked_by", "decided_by"))
    found = reading.find(rows, actors.from_request(request), pk=period_id)
    return found_or_none(found)


@page
@require_safe
def show_period(request: HttpRequest, period_id: int) -> HttpResponse:
    return render_period(request, find_period(request, period_id))


@page
def move_period(request: HttpRequest, period_id: int, slug: str) -> HttpResponse:
    """Does a step, or shows the page again with what was typed and why it was not done."""
    if slug not in periods.MOVES:
        raise Http404("no such step")
    if request.method != "POST":
        return redirect("books:period-show", period_id)
    period, by = find_period(request, period_id), actors.from_request(request)
    form = forms.MoveForm(request.POST, entity=period.entity, row=period)

    def service() -> None:
        facts = form.cleaned_data
        periods.move(slug, period=period, by=by, reason=facts["reason"], seen=facts["seen"])

    status, conflict = attempted(form, by, service)
    if not status:
        messages.success(request, periods.MOVES[slug].done.format(period))
        return redirect("books:period-show", period.pk)
    conflicts.stand_again(form, period)
    return render_period(request, find_period(request, period_id), (slug, form), status, conflict)


def render_period(
    request: HttpRequest, period: Period, sent: tuple[str, forms.BooksForm] | None = None,
    status: int = 200, conflict: Any = None,
) -> HttpResponse:  # fmt: skip
    by = actors.from_request(request)
    open_slug, open_form = sent or ("", None)
    moves = periods.moves_for(period, by)
    said = list(open_form.non_field_errors()) if open_form is not None else []
    seen = {"seen": str(read_with(period))}
    context = {
        "period": period,
        "totals": reading.totals(period),
        "moves": [
            (slug, way, deciding.remark(slug, period), open_form if slug == open_slug else
             forms.MoveForm(entity=period.entity, row=period, initial=seen,
                            auto_id=f"id_{slug}_%s"))
            for slug, way in moves
        ],
        "sent": open_form,
        "conflict": conflict,
        "refusals": [each for each in periods.refusals(period, by) if each[1] not in said],
        "steps": deciding.steps(period, by.person),
        "is_asked": period.status in deciding.ASKED,
    }  # fmt: skip
    return render(request, "finance/period.html", context, status=status)


@page
def add_period(request: HttpRequest, code: str) -> HttpResponse:
    entity, by = entity_of(request, code), actors.from_request(request)
    form = forms.NewPeriodForm(request.POST or None, entity=entity)
    form.is_from_nowhere = True

    def service() -> None:
        given = {"by": by, "reason": form.cleaned_data["reason"], **form.facts()}
        periods.open_period(entity=entity, **given)

    refusal = periods.why_not_add(by, entity)
    title = f"Open a period of {entity.code}"
    shown = {"title": title, "refusal": refusal, "button": "Open the period"}
    return shown_or_done(request, form, service, shown)


@page
def add_part(request: HttpRequest, code: str, part: str) -> HttpResponse:
    kind, entity = part_of(part), entity_of(request, code)
    by = actors.from_request(request)
    form = kind.new(request.POST or None, entity=entity)
    form.is_from_nowhere = True

    def service() -> None:
        row: Any = kind.model(entity=entity, **form.facts())
        chart.add(row, by=by, reason=form.cleaned_data["reason"])

    title = f"Add a{'n' if part == 'account' else ''} {kind.label} of {entity.code}"
    refusal = chart.why_not_keep(by, entity)
    return shown_or_done(request, form, service, {"title": title, "refusal": refusal})


@page
def change_part(request: HttpRequest, part: str, row_id: int) -> HttpResponse:
    kind, by = part_of(part), actors.from_request(request)
    rows = annotated(kind.model.objects.select_related("entity"))
    row = found_or_none(reading.find(rows, by, pk=row_id))
    seen = {"seen": str(read_with(row))}
    form = kind.changed(request.POST or None, entity=row.entity, row=row, initial=seen)

    def service() -> None:
        facts = form.cleaned_data
        chart.change(row, by=by, reason=facts["reason"], seen=facts["seen"], **form.facts())

    title = f"Change the {kind.label} {row}"
    shown = {"title": title, "refusal": chart.why_not_keep(by, row.entity), "row": row}
    return shown_or_done(request, form, service, shown)


def shown_or_done(
    request: HttpRequest, form: forms.BooksForm, service: Callable[[], None], shown: dict[str, Any]
) -> HttpResponse:  # fmt: skip
    """Does it and goes back to the overview, or shows the form with what was typed."""
    status, conflict = 200, None

    def once() -> str:
        service()
        return reverse("books:overview")

    if request.method == "POST":
        try:
            status, conflict = attempted(
                form, actors.from_request(request), lambda: sent_once.done(request, once)
            )
        except sent_once.DoneAlready:
            status = 0
        if not status:
            messages.success(request, "It is on record.")
            return redirect("books:overview")
        conflicts.stand_again(form, shown.get("row"))
    context = {"form": form, "conflict": conflict, "entity": form.entity, **shown}
    return render(request, "finance/form.html", context, status=status)


def attempted(form: forms.BooksForm, by: Actor, service: Callable[[], object]) -> tuple[int, Any]:
    """The status to answer with, 0 where it was done; and what came between, where it was stale."""
    if not form.is_valid():
        return UNPROCESSABLE, None
    try:
        service()
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return CONFLICT, conflicts.of(refusal, form, by.person)
    return 0, None
