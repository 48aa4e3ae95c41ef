"""That a mailbox cannot be fetched any more is on record once, and kept where people look."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from config import post
from config.items import BAD, GOOD, UNKNOWN
from requests_app.mail import fetching, mailboxes, receiving, watching
from requests_app.models import Mailbox, MailboxFetch
from tests import factories
from tests.mail import imap
from tests.mail.imap import Folder
from tests.mail.letters import letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(mailbox: Mailbox, settings: Any) -> Iterator[Folder]:
    settings.MAILBOX_PASSWORDS = {"US": "sesame"}
    with imap.served() as folder:
        mailboxes.change(
            mailbox=mailbox, imap_host="127.0.0.1", imap_port=folder.port, password_name="US",
            by=factories.TESTER,
        )  # fmt: skip
        yield folder


def fetch() -> MailboxFetch:
    [done] = fetching.fetch_all(by=factories.TESTER)
    return MailboxFetch.objects.get(mailbox=done.mailbox)


def on_record() -> list[tuple[str, str]]:
    events = Event.objects.filter(kind__startswith="mailbox.fetch").order_by("id")
    return list(events.values_list("kind", "outcome"))


def test_a_mailbox_that_works_says_when_it_was_fetched_and_nothing_is_on_record(
    folder: Folder,
) -> None:
    last = fetch()
    assert last.fetched_at == last.looked_at is not None
    assert (last.cause, last.failing_since, on_record()) == ("", None, [])


def test_a_failure_is_on_record_once_however_often_it_is_tried(
    folder: Folder, mailbox: Mailbox
) -> None:
    folder.password = "another"
    first, again = fetch(), fetch()
    assert on_record() == [("mailbox.fetch_failed", "failed")]
    event = Event.objects.get(kind="mailbox.fetch_failed")
    assert event.detail == {"cause": "sign_in"}
    assert (event.subject_label, event.entity_id) == (mailbox.address, mailbox.entity_id)
    assert again.failing_since == first.failing_since is not None
    assert again.looked_at is not None
    assert first.looked_at is not None
    assert again.looked_at >= first.looked_at


def test_that_it_works_again_is_on_record_once_with_what_kept_it(folder: Folder) -> None:
    folder.password = "another"
    fetch()
    folder.password = "sesame"
    fetch()
    last = fetch()
    assert on_record() == [("mailbox.fetch_failed", "failed"), ("mailbox.fetch_resumed", "done")]
    detail = Event.objects.get(kind="mailbox.fetch_resumed").detail
    assert (detail["cause"], detail["seconds"] >= 0) == ("sign_in", True)
    assert (last.failing_since, last.cause, last.told) == (None, "", "")


def test_another_cause_is_the_same_failure(folder: Folder, settings: Any) -> None:
    folder.password = "another"
    since = fetch().failing_since
    settings.MAILBOX_PASSWORDS = {}
    last = fetch()
    assert (last.cause, last.failing_since) == ("password", since)
    assert len(on_record()) == 1


def test_a_mail_that_could_not_be_kept_is_a_failure(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(receiving, "receive", broken)
    monkeypatch.setattr(receiving, "set_aside", broken)
    folder.deliver(letter())
    assert fetch().cause == "keeping"


@pytest.mark.parametrize("password", ["correct horse", 'a"quote', "back\\slash"])
def test_a_password_that_the_server_repeats_is_kept_nowhere(
    password: str, folder: Folder, settings: Any
) -> None:
    settings.MAILBOX_PASSWORDS = {"US": password}
    folder.password, folder.repeats = "another", True
    last = fetch()
    assert watching.HIDDEN in last.told
    assert password not in last.told
    assert password[-4:] not in last.told


@pytest.mark.parametrize(("error", "cause"), [
    (TimeoutError("timed out"), "timeout"),
    (ssl.SSLCertVerificationError("certificate has expired"), "tls"),
    (watching.NotSafe("STARTTLS extension not supported by server."), "tls"),
    (socket.gaierror("Name or service not known"), "unreachable"),
    (imaplib.IMAP4.abort("socket error: EOF"), "unreachable"),
    (imaplib.IMAP4.error("no such folder"), "refused"),
])  # fmt: skip
def test_each_fault_has_its_cause(error: Exception, cause: str) -> None:
    assert watching.cause_of(error) == cause


def test_looking_only_counts_and_takes_nothing(folder: Folder) -> None:
    folder.deliver(letter())
    [found] = fetching.look_all()
    assert (found.waiting, found.received, folder.seen) == (1, 0, set())
    assert not MailboxFetch.objects.exists()


def test_the_management_page_shows_mailboxes_as_they_are(folder: Folder, mailbox: Mailbox) -> None:
    assert post.mailboxes(post.watched()).state == UNKNOWN
    fetch()
    assert post.mailboxes(post.watched()).state == GOOD
    with time_machine.travel(timezone.now() + watching.IS_STALE + timedelta(minutes=1)):
        assert post.mailboxes(post.watched()).state == UNKNOWN
    folder.password = "another"
    fetch()
    item = post.mailboxes(post.watched())
    assert (item.state, item.runbook) == (BAD, "a-mailbox-cannot-be-fetched")
    assert item.told == (
        "1 of 1 cannot be fetched: support@us.example (the server refuses to sign in)."
    )
    mailboxes.change(mailbox=mailbox, is_active=False, by=factories.TESTER)
    assert post.mailboxes(post.watched()).told == "None is fetched over IMAP."
