"""Turns away forms that are too large as a whole, before a byte of them is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat

TOO_LARGE = 413


def whole_form(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The proxy's own limit is a little higher, so that this sentence is what people read."""

    def answer(request: HttpRequest) -> HttpResponse:
        size = announced(request)
        if size <= settings.UPLOAD_MAX_BYTES:
            return get_response(request)
        context = {
            "size": filesizeformat(size), "most": filesizeformat(settings.UPLOAD_MAX_BYTES),
            "largest": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
        }  # fmt: skip
        response = render(request, "413.html", context, status=TOO_LARGE)
        response.headers["Connection"] = "close"
        return response

    return answer


def announced(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isascii() and length.isdigit() else 0
