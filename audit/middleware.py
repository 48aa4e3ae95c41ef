"""Every HTTP request has one correlation id, one line in the log, and a method that pages know."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("http")


def correlation(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Makes an X-Request-ID, or believes a sane one where a proxy of ours sets it: a client that
    chose its own could make its acts look like somebody else's. Sets `request.correlation_id`."""

    def answer(request: HttpRequest) -> HttpResponse:
        claimed = request.headers.get("X-Request-ID", "")
        is_believed = settings.TRUSTED_PROXIES and _SANE.fullmatch(claimed)
        correlation_id = claimed if is_believed else str(uuid.uuid4())
        request.correlation_id = correlation_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=correlation_id):
            response = get_response(request)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        response.headers["X-Request-ID"] = correlation_id
        return response

    return answer


def known_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Pages are looked at and forms are posted. A view that tells POST from the rest would take any
    other method for a look."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in METHODS:
            return get_response(request)
        return HttpResponseNotAllowed(METHODS)

    return answer
