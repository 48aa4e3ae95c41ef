"""Shows a message beside its correction to be, and has it written."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import actors, conflicts, veils
from audit.pages import page
from audit.recording import Refusal
from requests_app import looking, services
from requests_app.acts import CorrectForm
from requests_app.models import Message, SupportRequest
from requests_app.standing import read_with
from requests_app.views import CONFLICT, UNPROCESSABLE, find


@page
def correct(request: HttpRequest, number: str, message_id: int) -> HttpResponse:
    support_request, by = find(request, number), actors.from_request(request)
    message = support_request.messages.filter(pk=message_id).first()
    if message is None:
        raise Http404("no such message")
    veils.cover([message], by.person)
    is_sent, status, conflict = request.method == "POST", 200, None
    form = form_of(request, support_request, message)
    if is_sent:
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                services.correct(message=message, by=by, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = CONFLICT
                conflict = conflicts.of(refusal, form, request.user)
            else:
                messages.success(request, "The correction is on record.")
                return redirect("requests:request-show", support_request.number)
    looking.viewed(support_request, by)
    why_not = services.why_not(
        services.verb_of(message), support_request, by
    ) or services.why_not_correct(message)
    context = {"support_request": support_request, "message": message, "form": form,
               "conflict": conflict, "refusal": "" if is_sent else why_not}  # fmt: skip
    return render(request, "requests_app/correct.html", context, status=status)


def form_of(request: HttpRequest, support_request: SupportRequest, message: Message) -> CorrectForm:
    standing = str(read_with(support_request))
    return CorrectForm(
        request.POST if request.method == "POST" else None,
        initial={"seen": standing, "body": message.body}, support_request=support_request,
        person=request.user,
    )  # fmt: skip
