"""A form is done once: it carries a key, and what was done with it is remembered for a day.

The key is claimed in the transaction of the act, in the cache table that all processes share. A
second click waits for the first and is led to what that one did; an act that is refused gives its
key back. Of what was sent, only a fingerprint is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.db import transaction
from django.http import HttpRequest

from audit.recording import Refusal
from audit.unwritten import written_afterwards

FIELD = "once"
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
REMEMBERED = 24 * 60 * 60
# A page that Back asks for anew has another key, and the browser fills in the old words.
SAME_WORDS = 10 * 60
PASSING = ("csrfmiddlewaretoken", FIELD, "seen", "by")
TWICE = "It was sent twice and is done once."
CHANGED = (
    "This form was sent before, with other words or files, and that was done. What you typed now "
    "is kept: send it again if you want both."
)
UNKNOWN = (
    "Nobody could tell whether this form was done already, so it was not done now. What you typed "
    "is kept: look whether it is there, and send it again if it is not."
)


class DoneAlready(Refusal):
    """The same form, with the same words, led there already."""

    def __init__(self, address: str) -> None:
        super().__init__(TWICE)
        self.address = address


def done(request: HttpRequest, act: Callable[[], str], *, after: int | None = None) -> str:
    """Does the act of a form, and returns the address it led to. A form without a key, from a page
    of yesterday or from a program, is done as often as it is sent. The act should be short: a
    second click waits for it, and its transaction is open. ``after`` is given for what nobody says
    twice within minutes, on whatever page, unless something came between: the number of the last
    thing that others said."""
    key = request.POST.get(FIELD, "")
    if not KEY.fullmatch(key):
        return act()
    words = fingerprint(request)
    places = {f"sent:{request.user.pk}:{key}": REMEMBERED}
    if after is not None:
        places[f"said:{request.user.pk}:{after}:{words}"] = SAME_WORDS
    with written_afterwards(), transaction.atomic():
        for place, seconds in places.items():
            if not cache.add(place, (words, ""), seconds):
                refuse(cache.get(place), words)
        address = act()
        for place, seconds in places.items():
            cache.set(place, (words, address), seconds)
    return address


def refuse(known: Any, words: str) -> None:
    """The cache says no as well where it fails, or waited too long for the first: then nothing is
    known."""
    if known is None:
        raise Refusal(UNKNOWN)
    before, address = known
    if before == words:
        raise DoneAlready(address)
    raise Refusal(CHANGED)


def fingerprint(request: HttpRequest) -> str:
    """Of what was typed and attached; nobody can guess it back without our key."""
    typed = [(name, values) for name, values in request.POST.lists() if name not in PASSING]
    files = [
        (name, each.name, digest(each)) for name, some in request.FILES.lists() for each in some
    ]  # fmt: skip
    told = json.dumps([request.path, sorted(typed), sorted(files)]).encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()


def digest(file: File[bytes]) -> str:
    """A corrected file may have the name and the size of the wrong one."""
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()
