"""Too many attempts: when to try again, and one event per window, for everybody to see.

The library counts, in the cache that all processes share; this reads what it counted.
"""

from __future__ import annotations

import math
import time
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit import actors
from audit.recording import record
from requests_app.models import User

APP = "allauth.account"
TOO_MANY = 429
# Which limits an address can meet, by the name of its route.
MET_AT = {
    "account_login": ("login", "login_failed"),
    "mfa_authenticate": ("login_failed",),
    "account_reset_password": ("reset_password",),
    "account_reset_password_from_key": ("reset_password_from_key",),
    "account_change_password": ("change_password",),
    "account_reauthenticate": ("reauthenticate", "login_failed"),
    "mfa_reauthenticate": ("reauthenticate", "login_failed"),
}


def seconds_left(
    request: HttpRequest, action: str, key: str | None = None, person: Any = None
) -> tuple[int, str]:
    """How long until another attempt is allowed, 0 if it is now, and what was full: the network
    address (ip), the person who is signed in (user) or the account that was tried (key)."""
    longest = (0, "")
    for rate in ratelimit.get_rates(app=APP, action=action):
        if (rate.per == "key" and key is None) or (rate.per == "user" and person is None):
            continue
        place = ratelimit.get_cache_key(
            request, app=APP, action=action, rate=rate, key=key, user=person
        )
        tried = cache.get(place, [])
        if len(tried) >= rate.amount:
            left = math.ceil(tried[rate.amount - 1] + rate.duration - time.time())
            longest = max(longest, (left, rate.per))
    return longest


def refused(request: HttpRequest, action: str, key: str | None, account: User | None) -> None:
    """Puts the refused attempt on record, once until the limit has passed."""
    person = request.user if request.user.is_authenticated else None
    left, per = seconds_left(request, action, key, person)
    request.throttled_for = max(left, 1)  # type: ignore[attr-defined]
    by = actors.from_request(request)
    what = key if per == "key" else by.id if per == "user" else by.origin.address
    if cache.add(f"throttled:{action}:{per}:{actors.fingerprint(str(what))}", 1, max(left, 1)):
        detail = {"action": action, "limit_of": per, "seconds": max(left, 1)}
        subject = account if per == "key" else by.person
        record("session.throttled", by=by, subject=subject, outcome="denied", detail=detail)


def answer(request: HttpRequest) -> HttpResponse:
    """The page that says when to try again. It is the same whatever was tried."""
    if not hasattr(request, "throttled_for"):
        name = request.resolver_match.url_name if request.resolver_match is not None else ""
        person = request.user if request.user.is_authenticated else None
        actions = MET_AT.get(str(name), ())
        full = [action for action in actions if seconds_left(request, action, None, person)[0] > 0]
        refused(request, full[0] if full else (actions or ("login",))[0], None, None)
    seconds: int = request.throttled_for  # type: ignore[attr-defined]
    context = {"minutes": math.ceil(seconds / 60), "seconds": seconds}
    response = render(request, "429.html", context, status=TOO_MANY)
    response.headers["Retry-After"] = str(seconds)
    return response
