"""Mails leave through Django's mail settings, at least once, each time the same bytes.

The row stays locked while its mail is on the way. A worker that is killed leaves it waiting, and
the next one sends it again under the same Message-ID.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.recording import recording
from requests_app.models import OutboundMail
from requests_app.services.acting import refuse, why_not_person

# After each failure in turn; after the last one it is given up.
PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 8 * 60, 24 * 60)
)  # fmt: skip
LONGEST_ERROR = 1_000
LONGEST_SENDING = "10min"


@dataclass(frozen=True)
class Fault:
    told: str
    is_final: bool = False


class AsMailed(EmailMessage):
    """What Django's backends send: the bytes that are kept, unchanged."""

    def __init__(self, mail: OutboundMail) -> None:
        super().__init__(from_email=mail.mailbox.address, to=[mail.recipient])
        self.content = bytes(mail.original.content or b"")

    def message(self, **_: Any) -> Any:
        return self

    def as_bytes(self, *_: Any, **__: Any) -> bytes:
        return self.content

    def as_string(self, *_: Any, **__: Any) -> str:
        return self.content.decode("ascii")

    def get_charset(self) -> None:
        """None stands in its header that a backend would have to know."""


def send(mail_id: int, *, by: Actor) -> str:
    """Sends one mail if it is its turn. Returns its state, or "" if there was nothing to do."""
    with transaction.atomic():
        mail = waiting_mail(mail_id)
        if mail is None:
            return ""
        keep_transaction()
        fault = post(mail)
        if fault is None:
            note_sent(mail, by)
        else:
            note_fault(mail, fault, by)
        return mail.state


def waiting_mail(mail_id: int) -> OutboundMail | None:
    """The mail, locked; None if another worker has it, or if it does not wait any more."""
    rows = OutboundMail.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = rows.filter(pk=mail_id, state="queued", next_attempt_at__lte=timezone.now())
    return found.select_related("original", "mailbox").first()


def due() -> list[int]:
    """Mails whose turn has come: those that failed once, and any whose job was lost."""
    waiting = OutboundMail.objects.filter(state="queued", next_attempt_at__lte=timezone.now())
    return list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:500])


def keep_transaction() -> None:
    """The other server may take its time; the database would end a transaction nobody works in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_SENDING}'")


def post(mail: OutboundMail) -> Fault | None:
    if not mail.original.content:
        return Fault("Its text was removed before it was mailed.", is_final=True)
    try:
        get_connection().send_messages([AsMailed(mail)])
    except smtplib.SMTPRecipientsRefused as error:
        return told_by_server(next(iter(error.recipients.values()), (0, b"")))
    except smtplib.SMTPAuthenticationError as error:
        return Fault(f"The server for outgoing mail does not let us sign in: {error.smtp_code}")
    except smtplib.SMTPResponseException as error:
        return told_by_server((error.smtp_code, error.smtp_error))
    except Exception as error:  # one mail must not hold up those behind it
        return Fault(f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
    return None


def told_by_server(answer: tuple[int, bytes | str]) -> Fault:
    code, words = answer
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    told = " ".join(f"{code} {text}".replace("\x00", "").split())
    return Fault(told[:LONGEST_ERROR], is_final=500 <= code < 600)


def note_sent(mail: OutboundMail, by: Actor) -> None:
    with recording("mail.sent", by=by, subject=mail):
        mail.state, mail.sent_at, mail.next_attempt_at = "sent", timezone.now(), None
        mail.attempts, mail.error = mail.attempts + 1, ""
        save(mail)


def note_fault(mail: OutboundMail, fault: Fault, by: Actor) -> None:
    is_over = fault.is_final or mail.attempts >= len(PAUSES)
    with recording("mail.failed" if is_over else "mail.delayed", by=by, subject=mail):
        mail.state = "failed" if is_over else "queued"
        mail.next_attempt_at = None if is_over else timezone.now() + PAUSES[mail.attempts]
        mail.attempts, mail.error = mail.attempts + 1, fault.told
        save(mail)


def save(mail: OutboundMail) -> None:
    mail.save(update_fields=[
        "state", "sent_at", "next_attempt_at", "attempts", "error", "dismissed_at",
    ])  # fmt: skip


def send_again(*, mail: OutboundMail, by: Actor) -> OutboundMail:
    """Puts a mail that did not arrive into the queue once more, as it was written."""
    from requests_app.mail.tasks import send as send_soon

    with recording("mail.queued_again", by=by, subject=mail, locked=True):
        refuse(why_not_again(mail, by))
        mail.state, mail.attempts, mail.error = "queued", 0, ""
        mail.next_attempt_at, mail.dismissed_at = timezone.now(), None
        save(mail)
        send_soon.defer(mail_id=mail.pk)
    return mail


def why_not_again(mail: OutboundMail, by: Actor) -> str:
    """Why a mail cannot be sent again; empty if it can."""
    refusal = why_not_person(mail.support_request, by)
    if refusal or mail.is_stuck:
        return refusal
    return "This mail did not fail. Wait until it has arrived, or write another reply."
