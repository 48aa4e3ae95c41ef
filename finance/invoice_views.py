"""Pages of invoices: the list, one of them with its trail, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from audit import actors, conflicts, looks, paging, seen, timeline, veils
from audit.forms import SeenForm
from audit.pages import page
from audit.recording import Refusal
from audit.standing import annotated, read_with
from finance import invoice_forms, invoice_reading
from finance.balances import STATES
from finance.models import Invoice, InvoicePayment
from finance.reading import find
from finance.services import invoices, payments
from requests_app import sent_once

ROWS = 50
UNPROCESSABLE, CONFLICT = 422, 409
LABELS = {
    "q": "Number or text", "entity": "Entity", "state": "State", "currency": "Currency",
    "since": "Issued since", "until": "Issued until", "customer": "Customer",
}  # fmt: skip


@page
@require_safe
def show_list(request: HttpRequest) -> HttpResponse:
    form = invoice_forms.InvoiceFilter(request.GET, person=request.user)
    given = form.cleaned_data if form.is_valid() else {}
    rows = invoice_reading.invoices(request.user, given)
    rows = rows if form.is_valid() else rows.none()
    shown = paging.cut(rows, paging.position(request.GET), ROWS)
    veils.cover(shown.rows, request.user)
    count = timeline.count(rows)
    if given.get("q"):
        looks.searched(request, given["q"], {}, count)
    by = actors.from_request(request)
    readable = invoice_reading.entities(request.user)
    context = {
        "form": form, "page": shown, "rows": [(row, STATES[row.state]) for row in shown.rows],
        "count": count, "applied": applied(form, given),
        "totals": invoice_reading.totals(rows, form.asked()) if form.is_valid() else [],
        "keeps": [each for each in readable if not invoices.why_not_enter(by, each)],
    }  # fmt: skip
    return render(request, "finance/invoice_list.html", context)


def applied(form: invoice_forms.InvoiceFilter, given: dict[str, Any]) -> list[tuple[str, str, str]]:
    words = {**form.asked()}
    if "state" in words:
        words["state"] = STATES.get(words["state"], words["state"])
    if given.get("customer") is not None:
        words["customer"] = str(given["customer"])
    return [(name, LABELS[name], value) for name, value in words.items()] if given else []


def find_invoice(request: HttpRequest, invoice_id: int) -> Invoice:
    if invoice_id > paging.LARGEST_ID:
        raise Http404("no such invoice")
    rows = annotated(Invoice.objects.select_related("entity", "customer", "imported_in"))
    found: Invoice | None = find(rows, actors.from_request(request), pk=invoice_id)
    if found is None:
        raise Http404("no invoice that this person may see")
    return found


@page
@require_safe
def show_invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    return render_invoice(request, find_invoice(request, invoice_id))


def render_invoice(
    request: HttpRequest, invoice: Invoice, sent: tuple[str, SeenForm] | None = None,
    status: int = 200, conflict: Any = None,
) -> HttpResponse:  # fmt: skip
    by = actors.from_request(request)
    invoice_reading.viewed(invoice, by)
    slug, form = sent or ("", None)
    seen_now = {"seen": str(read_with(invoice))}

    def offered(name: str, kind: type[SeenForm], initial: dict[str, Any] | None = None) -> SeenForm:
        if name == slug and form is not None:
            return form
        return kind(initial=seen_now | (initial or {}), auto_id=f"id_{name}_%s")

    moves = {
        name: (step, offered(name, invoice_forms.WhyForm))
        for name, step in invoices.MOVES.items() if not invoices.why_not_move(name, invoice, by)
    }  # fmt: skip
    context = {
        "shown": invoice_reading.shown(invoice, request.user),
        "pay": offered("pay", invoice_forms.PaymentForm, {"paid_on": invoice.entity.today()}),
        "refusal": payments.why_not_pay(invoice, by),
        "moves": moves,
        "turn": offered("reverse", invoice_forms.WhyForm),
        "sent": form,
        "conflict": conflict,
    }
    return render(request, "finance/invoice.html", context, status=status)


@page
@require_safe
def show_trail(request: HttpRequest, invoice_id: int) -> HttpResponse:
    invoice = find_invoice(request, invoice_id)
    invoice_reading.viewed(invoice, actors.from_request(request))
    cut = invoice_reading.trail(invoice, request.user, paging.position(request.GET))
    context = {
        "invoice": invoice,
        "trail": seen.page(cut, request.user),
        "first": invoice_reading.own_events(invoice).first(),
    }
    return render(request, "finance/invoice_trail.html", context)


@page
def pay(request: HttpRequest, invoice_id: int) -> HttpResponse:
    def service(invoice: Invoice, form: SeenForm) -> str:
        assert isinstance(form, invoice_forms.PaymentForm)
        payments.record_payment(
            invoice=invoice, paid=form.paid(), by=actors.from_request(request),
            seen=form.cleaned_data["seen"],
        )  # fmt: skip
        return "The payment is recorded."

    return acted(request, invoice_id, "pay", invoice_forms.PaymentForm, service)


@page
def reverse_payment(request: HttpRequest, invoice_id: int, payment_id: int) -> HttpResponse:
    def service(invoice: Invoice, form: SeenForm) -> str:
        payments.reverse_payment(
            payment=payment_of(invoice, payment_id), by=actors.from_request(request),
            reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"],
        )  # fmt: skip
        return "The payment is reversed. It stays on record."

    payment_of(find_invoice(request, invoice_id), payment_id)
    return acted(request, invoice_id, "reverse", invoice_forms.WhyForm, service)


def payment_of(invoice: Invoice, payment_id: int) -> InvoicePayment:
    own = invoice.payments.filter(pk=min(payment_id, paging.LARGEST_ID))
    found = own.select_related("invoice__entity").first()
    if found is None:
        raise Http404("no such payment of this invoice")
    return found


@page
def move(request: HttpRequest, invoice_id: int, slug: str) -> HttpResponse:
    if slug not in invoices.MOVES:
        raise Http404("no such step")

    def service(invoice: Invoice, form: SeenForm) -> str:
        invoices.move(
            slug, invoice=invoice, by=actors.from_request(request),
            reason=form.cleaned_data["reason"], seen=form.cleaned_data["seen"],
        )  # fmt: skip
        return invoices.MOVES[slug].done.format(invoice)

    return acted(request, invoice_id, slug, invoice_forms.WhyForm, service)


def acted(
    request: HttpRequest, invoice_id: int, slug: str, kind: type[SeenForm],
    service: Callable[[Invoice, SeenForm], str],
) -> HttpResponse:  # fmt: skip
    """Does it once, or shows the page again with what was typed and why it was not done."""
    address = reverse("invoices:invoice-show", args=[invoice_id])
    if request.method != "POST":
        return redirect(address)
    invoice = find_invoice(request, invoice_id)
    form = kind(request.POST, auto_id=f"id_{slug}_%s")
    status, conflict, told = UNPROCESSABLE, None, ["It was done already."]

    def once() -> str:
        told[0] = service(invoice, form)
        return address

    if form.is_valid():
        try:
            sent_once.done(request, once)
        except sent_once.DoneAlready:
            return redirect(address)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status, conflict = CONFLICT, conflicts.of(refusal, form, request.user)
        else:
            messages.success(request, told[0])
            return redirect(address)
    conflicts.stand_again(form, invoice)
    return render_invoice(
        request, find_invoice(request, invoice_id), (slug, form), status, conflict
    )
