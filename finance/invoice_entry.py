"""Pages by which invoices come in: typed line by line, or from a file that is looked through."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audit import actors
from audit.pages import page
from audit.recording import Refusal
from audit.views import refuse
from finance import invoice_forms, invoice_reading
from finance.services import invoice_files, invoice_imports, invoices
from requests_app import sent_once
from requests_app.models import Entity

UNPROCESSABLE, CONFLICT = 422, 409


def entity_of(request: HttpRequest, code: str) -> Entity:
    readable = {entity.code: entity for entity in invoice_reading.entities(request.user)}
    hidden = Entity.objects.filter(code=code).first() if code not in readable else None
    if hidden is not None:
        refuse(request, hidden)
    if code not in readable:
        raise Http404("no such entity")
    return readable[code]


@page
def add(request: HttpRequest, code: str) -> HttpResponse:
    """The button for more lines sends the form back as it was typed, with more rows."""
    entity, by = entity_of(request, code), actors.from_request(request)
    is_more = "more" in request.POST
    data = with_more(request.POST) if is_more else request.POST or None
    kwargs = {"choices": invoice_forms.coding_of(entity)}
    form = invoice_forms.InvoiceForm(data, entity=entity)
    lines = invoice_forms.LineSet(data, prefix="line", form_kwargs=kwargs)
    status = 200
    if request.method == "POST" and not is_more:
        status = UNPROCESSABLE
        if form.is_valid() and lines.is_valid():
            made = entered(request, form, lines)
            if isinstance(made, HttpResponse):
                return made
            status = CONFLICT
    context = {"form": form, "lines": lines, "entity": entity, "is_more": is_more,
               "refusal": invoices.why_not_enter(by, entity)}  # fmt: skip
    return render(request, "finance/invoice_add.html", context, status=status)


def with_more(sent: Any) -> Any:
    data = sent.copy()
    given = data.get("line-TOTAL_FORMS", "")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    data["line-TOTAL_FORMS"] = str(min(count + invoice_forms.MORE_ROWS, invoices.MOST_LINES))
    return data


def entered(
    request: HttpRequest, form: invoice_forms.InvoiceForm, lines: Any
) -> HttpResponse | None:
    """Where it leads; None where it was refused, which the form then says."""

    def once() -> str:
        made = invoices.enter(form.issued(), lines.charges(), by=actors.from_request(request))
        return reverse("invoices:invoice-show", args=[made.pk])

    try:
        address = sent_once.done(request, once)
    except sent_once.DoneAlready as done:
        return redirect(done.address)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"Invoice {form.cleaned_data['number']} is on record.")
    return redirect(address)


@page
def import_file(request: HttpRequest, code: str) -> HttpResponse:
    """A file is looked through first; the page then carries it, to be sent again or not."""
    entity, by = entity_of(request, code), actors.from_request(request)
    confirmed = "content" in request.POST
    form: Any = invoice_forms.FileForm(
        None if confirmed else request.POST or None, None if confirmed else request.FILES or None
    )
    context: dict[str, Any] = {
        "form": form, "entity": entity, "refusal": invoices.why_not_enter(by, entity),
        "columns": [(kind.label, ", ".join(names))
                    for kind, names in invoice_files.COLUMNS.items()],
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        if confirmed:
            return imported(request, entity, context)
        status = UNPROCESSABLE
        if form.is_valid():
            status = looked_through(request, entity, form, context)
    return render(request, "finance/invoice_import.html", context, status=status)


def looked_through(
    request: HttpRequest, entity: Entity, form: invoice_forms.FileForm, context: dict[str, Any]
) -> int:
    file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    content = file.read()
    try:
        preview = invoice_imports.preview(
            entity=entity, kind=kind, content=content, by=actors.from_request(request)
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return CONFLICT
    context |= {
        "preview": preview,
        "rejected": preview.found.rejected[: invoice_imports.SHOWN],
        "name": file.name,
        "confirm": invoice_forms.ConfirmForm(initial={
            "kind": kind, "name": file.name, "content": base64.b64encode(content).decode(),
        }),
    }  # fmt: skip
    return 200


def imported(request: HttpRequest, entity: Entity, context: dict[str, Any]) -> HttpResponse:
    form = invoice_forms.ConfirmForm(request.POST)
    if not form.is_valid():
        context["form"] = form
        return render(request, "finance/invoice_import.html", context, status=UNPROCESSABLE)
    try:
        made = invoice_imports.import_file(
            entity=entity, by=actors.from_request(request), **form.cleaned_data
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        context |= {"form": form, "is_refused": True}
        return render(request, "finance/invoice_import.html", context, status=CONFLICT)
    messages.success(request, f"{made.added} {made.kind} of {made} are on record.")
    return redirect(f"{reverse('invoices:invoice-list')}?entity={entity.code}")
