"""Which customers are revealed in a session, and until when.

The session remembers it, so that signing out ends it and another browser knows nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEY = "revealed"
SECONDS = 15 * 60


def remembered(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tells the person of an HTTP request whose data they have revealed. Reads, never writes."""

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            shown = in_force(request.session)
            if shown and request.user.is_authenticated:
                request.user._revealed = frozenset(shown)  # type: ignore[attr-defined]
        return get_response(request)

    return answer


def in_force(session: Any) -> dict[int, float]:
    """Customer to the moment when it ends, of those not over yet."""
    now = time.time()
    return {int(key): until for key, until in session.get(KEY, {}).items() if until > now}


def remember(session: Any, customer_ids: Iterable[int]) -> None:
    until = time.time() + SECONDS
    shown = in_force(session) | dict.fromkeys(customer_ids, until)
    session[KEY] = {str(key): moment for key, moment in shown.items()}


def forget(session: Any, customer_ids: Iterable[int]) -> None:
    gone, shown = set(customer_ids), in_force(session)
    session[KEY] = {str(key): moment for key, moment in shown.items() if key not in gone}
