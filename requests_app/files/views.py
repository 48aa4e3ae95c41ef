"""Gives out files: as downloads only, checked whole before the first byte leaves."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit import actors, erasing
from audit.pages import page
from requests_app import looking, people, storage
from requests_app.views import find

GONE, CONFLICT = 410, 409
# Whatever a browser makes of the bytes, they run nothing and load nothing.
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@page
@require_safe
def download(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    support_request, by = find(request, number), actors.from_request(request)
    attachment = support_request.attachments.filter(pk=attachment_id).first()
    if attachment is None:
        raise Http404("no such file")
    if support_request.entity_id in people.hidden_from(by.person):
        looking.refused(number, by)  # its bytes may hold any name
        raise Http404("no file that this person is shown")
    context = {"support_request": support_request, "attachment": attachment}
    stone = erasing.tombstone_of(attachment, "name")
    if stone is not None:
        return render(
            request, "requests_app/file_redacted.html", context | {"stone": stone}, status=GONE
        )
    try:
        file = storage.open_checked(attachment.storage_key, attachment.sha256)
    except storage.Changed as changed:
        looking.file_refused(attachment, by, str(changed))
        return render(request, "requests_app/file_changed.html", context, status=CONFLICT)
    try:
        looking.downloaded(attachment, by)
    except Exception:
        file.close()
        raise
    return FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type=attachment.content_type,
        headers={
            "Content-Security-Policy": SANDBOX,
            "X-Content-Type-Options": "nosniff",
            "Content-Length": str(attachment.size),
        },
    )  # fmt: skip
