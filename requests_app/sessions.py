"""Sign-ins, failed sign-ins and sign-outs, as Django announces them, put on record."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import signals
from django.http import HttpRequest

from audit import actors
from audit.recording import record
from requests_app.accounts import tracking
from requests_app.models import User


def connect() -> None:
    signals.user_logged_in.connect(signed_in, dispatch_uid="sessions.signed_in")
    signals.user_login_failed.connect(sign_in_failed, dispatch_uid="sessions.sign_in_failed")
    signals.user_logged_out.connect(signed_out, dispatch_uid="sessions.signed_out")


def signed_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    request.session["sign_in_method"] = method_of(request, user)
    request.session[tracking.BEGAN] = request.session[tracking.SEEN] = time.time()
    if request.session.session_key is None:
        request.session.create()
    actor = actors.user(user, actors.origin_of(request))
    record("session.signed_in", by=actor, subject=user)


def method_of(request: HttpRequest, user: Any) -> str:
    """Each step that was taken, for example "password+totp"."""
    steps = get_authentication_records(request, user)
    return "+".join(str(step.get("type") or step["method"]) for step in steps) or "password"


def sign_in_failed(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    """Kept is the name of an account: an auditor asks whose was attacked. What is no name may be a
    password in the wrong field: nothing is kept of it, since a hash of one can be guessed."""
    tried = str(credentials.get("username", ""))[:150].replace("\x00", "")
    known = User.objects.filter(username__iexact=tried).values_list("username", flat=True).first()
    detail: dict[str, Any] = {"username_tried": known} if known else {"username_known": False}
    origin = actors.origin_of(request) if request is not None else actors.Origin()
    actor = actors.Actor(kind="anonymous", label="not signed in", origin=origin)
    record("session.sign_in_failed", by=actor, outcome="denied", detail=detail)


def signed_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        actor = actors.user(user, actors.origin_of(request))
        record("session.signed_out", by=actor, subject=user)
