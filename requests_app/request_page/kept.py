"""Keeps what was typed by somebody whose session had ended, until they have signed in again.

The browser's new session holds it, so that no sign-in page has to pass it on. A signature, which
only a page for a signed-in person carries, keeps strangers from filling the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest

from requests_app.models import SupportRequest

KEY = "typed_before_signing_in"
LARGEST = 600_000  # characters; the longest text a form takes, and some
AGE = timedelta(days=14)
SIGNER = signing.TimestampSigner(salt="requests_app.kept")


def mark(person: Any, support_request: SupportRequest) -> str:
    """For a form: whose it is, and of which request."""
    return SIGNER.sign(f"{person.pk}:{support_request.number}")


def keep(request: HttpRequest, number: str, slug: str) -> None:
    """Puts a sent form aside, if its page was made for somebody."""
    given = {name: str(value) for name, value in request.POST.items()}
    given.pop("csrfmiddlewaretoken", None)
    try:
        marked = SIGNER.unsign(given.pop("by", ""), max_age=AGE)
    except signing.BadSignature:
        return
    person_id, _, marked_number = marked.partition(":")
    if marked_number == number and sum(map(len, given.values())) <= LARGEST:
        kept = {"person": person_id, "number": number, "verb": slug, "given": given}
        request.session[KEY] = kept


def found(request: HttpRequest, support_request: SupportRequest) -> tuple[str, Mapping[str, str]]:
    """The verb and the fields that this person had sent; empty if there are none."""
    kept = request.session.get(KEY) or {}
    asked = (str(request.user.pk), support_request.number)
    if (kept.get("person"), kept.get("number")) != asked:
        return "", {}
    return kept["verb"], kept["given"]


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
