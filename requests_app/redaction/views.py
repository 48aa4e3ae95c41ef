"""Shows what a redaction would clear, asks why, and has it done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import actors, conflicts, erasing, veils
from audit.erasing import Tombstone
from audit.pages import page
from audit.recording import Refusal
from requests_app import looking, people, services
from requests_app.models import Attachment, Message, SupportRequest
from requests_app.redaction.forms import RedactForm
from requests_app.standing import read_with
from requests_app.views import CONFLICT, UNPROCESSABLE, find


@dataclass(frozen=True)
class Part:
    """What is to be redacted: the row and its field, in words, and the service that does it."""

    row: SupportRequest | Message | Attachment
    field: str
    what: str
    service: Callable[..., object]
    argument: str
    also: tuple[str, ...] = ()  # further fields that go with it

    @property
    def stone(self) -> Tombstone | None:
        found = (erasing.tombstone_of(self.row, name) for name in (self.field, *self.also))
        return next((stone for stone in found if stone is not None), None)

    @property
    def text(self) -> str:
        if isinstance(self.row, Attachment):
            return ""
        held = (getattr(self.row, name) for name in (self.field, *self.also))
        return "\n".join(value for value in held if value)


@page
def redact_request(request: HttpRequest, number: str) -> HttpResponse:
    found = find(request, number)
    part = Part(found, "description", "description and original", services.redact_request,
                "support_request")  # fmt: skip
    return answer(request, found, part)


@page
def redact_contact(request: HttpRequest, number: str) -> HttpResponse:
    found = find(request, number)
    part = Part(found, "contact_name", "contact", services.redact_contact, "support_request",
                ("contact_address",))  # fmt: skip
    return answer(request, found, part)


@page
def redact_message(request: HttpRequest, number: str, message_id: int) -> HttpResponse:
    found = find(request, number)
    message = found.messages.filter(pk=message_id).first()
    if message is None:
        raise Http404("no such message")
    part = Part(message, "body", "message", services.redact_message, "message")
    return answer(request, found, part)


@page
def redact_file(request: HttpRequest, number: str, attachment_id: int) -> HttpResponse:
    found = find(request, number)
    attachment = found.attachments.filter(pk=attachment_id).first()
    if attachment is None:
        raise Http404("no such file")
    part = Part(attachment, "name", "file", services.redact_attachment, "attachment")
    return answer(request, found, part)


def answer(request: HttpRequest, support_request: SupportRequest, part: Part) -> HttpResponse:
    by, status, conflict = actors.from_request(request), 200, None
    data = request.POST if request.method == "POST" else None
    form = RedactForm(data, initial={"seen": str(read_with(support_request))})
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("reason", "seen")}
            try:
                part.service(**{part.argument: part.row}, by=by, **given)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status, conflict = CONFLICT, conflicts.of(refusal, form, request.user)
            else:
                messages.success(request, f"The {part.what} is redacted. A tombstone says so.")
                return redirect("requests:request-show", support_request.number)
    if form.is_from_nowhere:
        form.show_again(read_with(support_request), support_request)
    looking.viewed(support_request, by)
    found = {"conflict": conflict, **context(support_request, part, form, by)}
    return render(request, "requests_app/redact.html", found, status=status)


def context(
    support_request: SupportRequest, part: Part, form: RedactForm, by: actors.Actor
) -> dict[str, Any]:
    row = part.row
    veils.cover([row], by.person)
    return {
        "support_request": support_request,
        "part": part,
        "form": form,
        "refusal": people.why_not_redact(by.person, support_request.entity),
        "stone": part.stone,
        "text": part.text,
        "attachment": row if isinstance(row, Attachment) else None,
        "versions": row.history.count(),
        "originals": [] if row is support_request else services.originals_of(row),
    }
