"""Pages of mail: what is on no request, and mails as they came or went, to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import actors, paging
from audit.pages import page
from audit.recording import Refusal
from requests_app import looking as requests
from requests_app import views
from requests_app.mail import dismissing, looking, sending, unrouted
from requests_app.mail.forms import DismissForm
from requests_app.models import InboundMail, OutboundMail, RawIntake
from requests_app.templatetags.mails import shown_to
from requests_app.views import CONFLICT, UNPROCESSABLE

ROWS = 50
RECEIVED, SENT = "received", "sent"
MODELS: dict[str, type[InboundMail | OutboundMail]] = {RECEIVED: InboundMail, SENT: OutboundMail}


def find(request: HttpRequest, model: type[InboundMail | OutboundMail], mail_id: int) -> Any:
    """The mail that the person may see. A refused look is recorded, and answered like none."""
    rows = model.objects.select_related("entity", "support_request__entity", "mailbox__entity")
    found = rows.visible_to(request.user).filter(pk=mail_id).first()
    if found is not None and request.method != "POST" and not shown_to(found, request.user):
        found = None  # its bytes hold all personal data
    if found is None:
        hidden = model.objects.filter(pk=mail_id).first()
        if hidden is not None:
            looking.refused(hidden, actors.from_request(request))
        raise Http404("no such mail")
    return found


def taken_away(original: RawIntake, name: str) -> HttpResponse:
    """As a file, never as a page: a browser must not show what a stranger wrote."""
    if not original.content:
        raise Http404("it was removed")
    response = HttpResponse(bytes(original.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@page
@require_safe
def show_list(request: HttpRequest, *, dismissed: bool = False) -> HttpResponse:
    """Mail on no request: what waits for somebody, or what was dismissed."""
    by = actors.from_request(request)
    looking.listed(by)
    known = InboundMail.objects.visible_to(request.user).select_related("entity", "mailbox")
    rows = known.dismissed() if dismissed else known.unrouted()
    context = listed(request, by, rows, unrouted.why_not_open, dismissed=dismissed)
    return render(request, "requests_app/mail_list.html", context)


@page
@require_safe
def undelivered(request: HttpRequest, *, dismissed: bool = False) -> HttpResponse:
    """Replies that did not arrive: what waits for somebody, or what was dismissed."""
    by = actors.from_request(request)
    looking.listed(by, "mail.undelivered_viewed")
    known = OutboundMail.objects.visible_to(request.user).select_related(
        "entity", "mailbox", "message", "support_request__entity"
    )
    rows = known.dismissed() if dismissed else known.undelivered()
    context = listed(request, by, rows, sending.why_not_again, dismissed=dismissed)
    return render(request, "requests_app/mail_undelivered.html", context)


def listed(
    request: HttpRequest, by: actors.Actor, rows: QuerySet[Any],
    why_not: Callable[[Any, actors.Actor], str], *, dismissed: bool,
) -> dict[str, Any]:  # fmt: skip
    """A page of these mails, each with why what the list offers cannot be done with it."""
    found = paging.cut(rows, paging.position(request.GET), ROWS)
    refusal = dismissing.why_not_restore if dismissed else why_not
    return {
        "page": found,
        "rows": [(mail, refusal(mail, by)) for mail in found.rows],
        "is_dismissed": dismissed,
        "reasons": dismissing.reasons_of(found.rows) if dismissed else {},
    }


@page
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, direction: str, mail_id: int) -> HttpResponse:
    """Asks why nobody needs to act on a mail any more, and says what follows."""
    mail, by = find(request, MODELS[direction], mail_id), actors.from_request(request)
    form, status = DismissForm(request.POST or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                dismissing.dismiss(mail=mail, by=by, reason=form.cleaned_data["reason"])
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = CONFLICT
            else:
                messages.success(request, "The mail is dismissed. It can be put back any time.")
                return redirect(list_of(mail))
    context = {"mail": mail, "form": form, "here": list_of(mail), "is_reply": direction == SENT,
               "refusal": dismissing.why_not_dismiss(mail, by)}  # fmt: skip
    return render(request, "requests_app/mail_dismiss.html", context, status=status)


@page
@require_POST
def restore(request: HttpRequest, direction: str, mail_id: int) -> HttpResponse:
    mail = find(request, MODELS[direction], mail_id)
    try:
        dismissing.restore(mail=mail, by=actors.from_request(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The mail is back on the list.")
    return redirect(list_of(mail))


def list_of(mail: InboundMail | OutboundMail) -> str:
    is_reply = isinstance(mail, OutboundMail)
    return reverse("mail:undelivered-list" if is_reply else "mail:mail-list")


@page
@require_safe
def received(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = find(request, InboundMail, mail_id)
    looking.downloaded(mail, mail.intake.sha256, actors.from_request(request))
    return taken_away(mail.intake, f"received-{mail.pk}.eml")


@page
@require_safe
def sent(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = find(request, OutboundMail, mail_id)
    looking.downloaded(mail, mail.original.sha256, actors.from_request(request))
    return taken_away(mail.original, f"mailed-{mail.pk}.eml")


@page
@require_safe
def original(request: HttpRequest, number: str) -> HttpResponse:
    """What the channel delivered when the request was opened."""
    support_request = views.find(request, number)
    intake = support_request.intake
    if intake is None:
        raise Http404("no original")
    if not shown_to(intake, request.user):
        requests.refused(number, actors.from_request(request))
        raise Http404("no original that this person is shown")
    looking.downloaded_original(support_request, intake.sha256, actors.from_request(request))
    suffix = "eml" if intake.media_type == "message/rfc822" else "txt"
    return taken_away(intake, f"{support_request.number}-original.{suffix}")


@page
@require_POST
def open_request(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = find(request, InboundMail, mail_id)
    try:
        opened = unrouted.open_request(mail=mail, by=actors.from_request(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("mail:mail-list")
    messages.success(request, f"{opened.number} is opened.")
    return redirect("requests:request-show", opened.number)


@page
@require_POST
def send_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = find(request, OutboundMail, mail_id)
    try:
        sending.send_again(mail=mail, by=actors.from_request(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The mail is sent again.")
    if request.POST.get("from") == "list":
        return redirect("mail:undelivered-list")
    return redirect("requests:request-show", mail.support_request.number)
