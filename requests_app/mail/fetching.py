"""Fetches new mail from IMAP servers. A mail is marked as seen there when it is kept here: what
breaks off is fetched again, and the same mail twice is one mail."""

from __future__ import annotations

import imaplib
import ipaddress
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError

from audit.actors import Actor
from requests_app.mail import receiving, watching
from requests_app.models import InboundMail, Mailbox, MailboxFetch

log = logging.getLogger(__name__)

PLAIN_PORT = 143  # becomes TLS by STARTTLS
PATIENCE = 30  # seconds for each answer
AT_ONCE = 500  # mails of one run; the next run goes on
SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})")
TOO_LARGE = (
    "It has {size:,} bytes, more than MAIL_MAX_BYTES: only its header was fetched, and the whole "
    "of it stands in the mailbox still."
)
BROKEN = "It could not be put on a request ({error}); its original is whole."

Told = Callable[[InboundMail], None]


@dataclass
class Fetched:
    """``fault`` says why it ended early, or what stayed in the mailbox unseen; ``cause`` in one of
    the words of MailboxFetch. ``waiting`` is how many were unseen."""

    mailbox: Mailbox
    received: int = 0
    set_aside: int = 0
    waiting: int = 0
    fault: str = ""
    cause: str = ""

    def failed(self, cause: str, fault: str) -> None:
        self.cause, self.fault = cause, fault[:500]


def fetch_all(*, by: Actor, told: Told | None = None) -> list[Fetched]:
    return [fetch(mailbox, by=by, told=told) for mailbox in watching.fetched_mailboxes()]


def fetch(mailbox: Mailbox, *, by: Actor, told: Told | None = None) -> Fetched:
    """All that is unseen in one mailbox. What fails is told in the answer, not raised, so that
    others go on; but for a database that is gone. How it went is kept."""
    done = Fetched(mailbox)

    def take_all(server: imaplib.IMAP4) -> None:
        uids = unseen(server)
        done.waiting = len(uids)
        for uid in uids:
            take(server, uid, done, by, told)

    attempt(done, take_all)
    watching.note(mailbox=mailbox, cause=done.cause, told=done.fault, by=by)
    return done


def look_all() -> list[Fetched]:
    """How many mails wait in each mailbox. Nothing is taken, marked or kept."""
    return [look(mailbox) for mailbox in watching.fetched_mailboxes()]


def look(mailbox: Mailbox) -> Fetched:
    done = Fetched(mailbox)

    def count(server: imaplib.IMAP4) -> None:
        done.waiting = len(unseen(server))

    attempt(done, count, reads_only=True)
    return done


def attempt(
    done: Fetched, work: Callable[[imaplib.IMAP4], None], *, reads_only: bool = False
) -> None:
    """Signs in and works; what the other side does not let pass ends up in ``done``."""
    mailbox = done.mailbox
    password = settings.MAILBOX_PASSWORDS.get(mailbox.password_name, "")
    if not password:
        fault = f"Its password is not set: put it into {mailbox.password_variable}."
        done.failed(MailboxFetch.Cause.PASSWORD, fault)
        return
    try:
        with signed_in(mailbox, password, reads_only=reads_only) as server:
            work(server)
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        fault = watching.without(password, f"{type(error).__name__}: {error}")
        done.failed(watching.cause_of(error), fault)


@contextmanager
def signed_in(
    mailbox: Mailbox, password: str, *, reads_only: bool = False
) -> Iterator[imaplib.IMAP4]:
    server = connected(mailbox.imap_host, mailbox.imap_port)
    try:
        sign_in(server, mailbox.imap_user or mailbox.address, password)
        folder = '"' + mailbox.imap_folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        asked(server.select(folder, readonly=reads_only))
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise watching.SignInRefused(str(error)) from None  # the library's holds what was sent


def connected(host: str, port: int) -> imaplib.IMAP4:
    """Always over TLS, but to this machine itself: what sits there may be a tunnel."""
    if is_here(host):
        return imaplib.IMAP4(host, port, timeout=PATIENCE)
    context = ssl.create_default_context()
    if port == PLAIN_PORT:
        server = imaplib.IMAP4(host, port, timeout=PATIENCE)
        try:
            server.starttls(context)
        except imaplib.IMAP4.error as error:
            raise watching.NotSafe(str(error)) from error
        return server
    return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=PATIENCE)


def is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unseen(server: imaplib.IMAP4) -> list[str]:
    [found, *_] = asked(server.uid("SEARCH", "UNSEEN"))
    return [uid.decode("ascii") for uid in (found or b"").split()][:AT_ONCE]


def take(server: imaplib.IMAP4, uid: str, done: Fetched, by: Actor, told: Told | None) -> None:
    """One mail: kept first, then marked."""
    raw, at, size = fetched(server, uid)
    row = kept(raw, at, size, done.mailbox, by)
    if row is None:
        fault = f"Mail {uid} could not be kept; it stays unseen in the mailbox."
        done.failed(MailboxFetch.Cause.KEEPING, fault)
        return
    asked(server.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)"))
    done.received += 1
    done.set_aside += row.outcome == InboundMail.Outcome.SET_ASIDE
    if told is not None:
        told(row)


def fetched(server: imaplib.IMAP4, uid: str) -> tuple[bytes, datetime | None, int]:
    """Its bytes, when the server got it, and how large it is: of a larger one than is taken, the
    header alone."""
    about = b" ".join(part for part in asked(server.uid("FETCH", uid, "(RFC822.SIZE INTERNALDATE)"))
                      if isinstance(part, bytes))  # fmt: skip
    told = SIZE.search(about)
    size = int(told[1]) if told else 0
    section = "BODY.PEEK[]" if size <= settings.MAIL_MAX_BYTES else "BODY.PEEK[HEADER]"
    answer = asked(server.uid("FETCH", uid, f"({section})"))
    [literal, *_] = [part[1] for part in answer if isinstance(part, tuple)] or [b""]
    return bytes(literal), moment(about), size


def moment(about: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(about)
    if found is None:
        return None
    local = datetime(*found[:6]).astimezone()  # the library answers in this machine's zone
    return min(local.astimezone(UTC), datetime.now(UTC))


def kept(
    raw: bytes, at: datetime | None, size: int, mailbox: Mailbox, by: Actor
) -> InboundMail | None:
    """The row of a mail, wherever it was put. None where not even its bytes could be kept; a
    database that is gone ends the run."""
    if size > settings.MAIL_MAX_BYTES:
        return receiving.set_aside(
            raw=raw, mailbox=mailbox, by=by, remark=TOO_LARGE.format(size=size)
        )
    try:
        return receiving.receive(raw=raw, mailbox=mailbox, by=by, received_at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("a mail could not be put on a request")
        remark = BROKEN.format(error=type(error).__name__)
    try:
        return receiving.set_aside(raw=raw, mailbox=mailbox, by=by, remark=remark)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a mail could not be kept")
        return None


def asked(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a server answered. Raises what the library raises where it refused."""
    verdict, found = answer
    if verdict != "OK":
        raise imaplib.IMAP4.error(str(found)[:300])
    return found
