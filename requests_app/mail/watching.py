"""How looks into mailboxes went: kept for who operates the desk, and on record where it changes."""

from __future__ import annotations

import imaplib
import ssl
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.actors import Actor
from audit.recording import record
from requests_app.models import Mailbox, MailboxFetch

Cause = MailboxFetch.Cause
# The worker looks each minute; one that has not looked for this long tells nothing of now.
IS_STALE = timedelta(minutes=10)
HIDDEN = "(secret)"


class SignInRefused(imaplib.IMAP4.error):
    """The server does not take the name and password."""


class NotSafe(imaplib.IMAP4.error):
    """The server does not speak TLS where it must."""


def cause_of(error: Exception) -> str:
    """By the first that fits: a timeout is an OSError, too, and so is a bad certificate."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (SignInRefused, Cause.SIGN_IN), (NotSafe, Cause.TLS), (ssl.SSLError, Cause.TLS),
        (TimeoutError, Cause.TIMEOUT), (OSError, Cause.UNREACHABLE),
        (imaplib.IMAP4.abort, Cause.UNREACHABLE),
    )  # fmt: skip
    return next((str(cause) for kind, cause in kinds if isinstance(error, kind)), Cause.REFUSED)


def without(secret: str, told: str) -> str:
    """Servers repeat what they were sent; the password among it is nobody's to read."""
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    for each in filter(None, (quoted, secret)):
        told = told.replace(each, HIDDEN).replace(repr(each)[1:-1], HIDDEN)
    return told


def note(*, mailbox: Mailbox, cause: str, told: str, by: Actor) -> None:
    """Keeps how a look ended; ``cause`` is empty where all was fetched. The first of a row of
    failures, and the first look that works again, are events. The event comes first: should this
    end between the two, the next look says it once more rather than never."""
    last, now = MailboxFetch.objects.get_or_create(mailbox=mailbox)[0], timezone.now()
    if cause and not last.cause:
        detail: dict[str, Any] = {"cause": cause}
        record("mailbox.fetch_failed", by=by, subject=mailbox, outcome="failed", detail=detail)
    if last.cause and not cause:
        detail = {"cause": last.cause, "seconds": seconds(last.failing_since, now)}
        record("mailbox.fetch_resumed", by=by, subject=mailbox, detail=detail)
    last.looked_at, last.cause, last.told = now, cause, told[:500]
    last.failing_since = (last.failing_since or now) if cause else None
    last.fetched_at = last.fetched_at if cause else now
    last.save()


def seconds(since: datetime | None, until: datetime) -> int:
    return round((until - since).total_seconds()) if since is not None else 0


def fetched_mailboxes(person: Any = None) -> list[Mailbox]:
    """Those the worker looks into, with how it went; all of them, or those a person may see."""
    named = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    rows = named if person is None else named & Mailbox.objects.visible_to(person)
    return list(rows.select_related("entity", "last_fetch").order_by("entity__code", "id"))


def last_of(mailbox: Mailbox) -> MailboxFetch:
    return getattr(mailbox, "last_fetch", None) or MailboxFetch(mailbox=mailbox)


def is_stale(last: MailboxFetch) -> bool:
    return last.looked_at is None or timezone.now() - last.looked_at > IS_STALE
