"""What is asked of every signed-in person at every page: a session that still holds, and the second
step where one of their roles asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from requests_app.accounts import factors, tracking

Handler = Callable[[HttpRequest], HttpResponse]

# Places that lead to the second step, and out.
WITHOUT_FACTOR = (
    "/profile/second-factor/", "/profile/again/", "/sign-out/", "/livez", "/readyz", "/static/",
    "/display/",
)  # fmt: skip


# What open pages ask by themselves: nobody is at the desk because a page is.
BY_ITSELF = "/news/"


def session_limits(get_response: Handler) -> Handler:
    """Ends a session that nobody used for long, or that is too old."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            end_or_note(request)
        return get_response(request)

    return answer


def end_or_note(request: HttpRequest) -> None:
    now = time.time()
    began = request.session.setdefault(tracking.BEGAN, now)
    seen = request.session.get(tracking.SEEN, began)
    if now - seen > settings.SESSION_IDLE_LIMIT:
        expire(request, "idle")
    elif now - began > settings.SESSION_COOKIE_AGE:
        expire(request, "age")
    elif now - seen > tracking.NOTED_EVERY and not request.path.startswith(BY_ITSELF):
        request.session[tracking.SEEN] = now
        tracking.seen(request)


def expire(request: HttpRequest, limit: str) -> None:
    tracking.expired(request, limit)
    logout(request)


def second_factor(get_response: Handler) -> Handler:
    """Leads those who must have a second step to where they set it up, before anything else."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not settings.SECOND_FACTOR_ROLES or request.path.startswith(WITHOUT_FACTOR):
            return get_response(request)
        if request.user.is_authenticated and factors.is_missing(request):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return answer
