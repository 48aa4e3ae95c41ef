"""Mail is fetched from a real IMAP server: kept first, marked then; one bad mail stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from requests_app.mail import fetching, mailboxes, receiving
from requests_app.models import InboundMail, Mailbox, SupportRequest
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


def fetch() -> fetching.Fetched:
    [done] = fetching.fetch_all(by=factories.TESTER)
    return done


def test_new_mail_is_kept_and_then_marked_as_seen(folder: Folder) -> None:
    raw = letter()
    uid = folder.deliver(raw)
    assert fetch().received == 1
    assert folder.seen == {uid}
    mail = InboundMail.objects.get()
    assert bytes(mail.intake.content) == raw
    assert mail.received_at.isoformat() == "2026-11-14T08:30:00+00:00"
    assert fetch().received == 0


def test_a_poison_mail_is_set_aside_and_others_come_in(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = receiving.receive

    def break_on_poison(*, raw: bytes, **facts: Any) -> InboundMail:
        if b"poison" in raw:
            raise ValueError("poison")
        return receive(raw=raw, **facts)

    monkeypatch.setattr(receiving, "receive", break_on_poison)
    folder.deliver(letter("poison"))
    folder.deliver(letter("fine"))
    done = fetch()
    assert (done.received, done.set_aside, done.fault) == (2, 1, "")
    aside = InboundMail.objects.get(outcome="set_aside")
    assert b"poison" in bytes(aside.intake.content)
    assert SupportRequest.objects.get().description == "fine"


def test_without_a_database_nothing_is_marked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: Any) -> InboundMail:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(receiving, "receive", gone)
    folder.deliver(letter())
    with pytest.raises(OperationalError):
        fetch()
    assert folder.seen == set()


def test_what_broke_off_after_keeping_is_fetched_again_and_kept_once(folder: Folder) -> None:
    uid = folder.deliver(letter())
    fetch()
    folder.seen.discard(uid)
    fetch()
    assert InboundMail.objects.count() == 1


def test_of_a_mail_that_is_too_large_the_header_is_kept(folder: Folder, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 100
    folder.deliver(letter("x" * 500))
    assert fetch().set_aside == 1
    mail = InboundMail.objects.get()
    assert "more than MAIL_MAX_BYTES" in mail.remark
    assert b"xxx" not in bytes(mail.intake.content)


@pytest.mark.parametrize(("password", "fault", "cause"), [
    ({}, "put it into MAILBOX_PASSWORD_US", "password"),
    ({"US": "not it"}, "wrong password", "sign_in"),
])  # fmt: skip
def test_a_mailbox_that_cannot_be_opened_says_why(
    password: dict[str, str], fault: str, cause: str, folder: Folder, settings: Any
) -> None:
    settings.MAILBOX_PASSWORDS = password
    done = fetch()
    assert (fault in done.fault, done.cause) == (True, cause)


def test_a_server_that_is_not_there_is_told_without_a_traceback(
    folder: Folder, mailbox: Mailbox
) -> None:
    mailboxes.change(mailbox=mailbox, imap_port=1, by=factories.TESTER)
    done = fetch()
    assert ("ConnectionRefusedError" in done.fault, done.cause) == (True, "unreachable")


def test_the_command_tells_what_came(folder: Folder) -> None:
    folder.deliver(letter())
    told = StringIO()
    call_command("fetch_mail", stdout=told)
    number = SupportRequest.objects.get().number
    assert told.getvalue() == (
        f"  {number}: Opened a request\nsupport@us.example: 1 received.\n"
    )  # fmt: skip


def test_the_command_only_says_how_it_ended_where_progress_is_not_wanted(folder: Folder) -> None:
    folder.deliver(letter())
    told = StringIO()
    call_command("fetch_mail", "--no-progress", stdout=told)
    assert told.getvalue() == "support@us.example: 1 received.\n"


def test_the_command_fails_where_a_mailbox_did(folder: Folder, settings: Any) -> None:
    settings.MAILBOX_PASSWORDS = {}
    with pytest.raises(CommandError, match="Its password is not set") as failed:
        call_command("fetch_mail", stdout=StringIO())
    assert failed.value.returncode == 1


def test_the_command_looks_without_taking_and_tells_programs(folder: Folder) -> None:
    folder.deliver(letter())
    told = StringIO()
    call_command("fetch_mail", "--dry-run", stdout=told)
    assert told.getvalue() == "support@us.example: 1 waiting.\n"
    assert folder.seen == set()
    told = StringIO()
    call_command("fetch_mail", "--json", stdout=told)
    assert json.loads(told.getvalue()) == {"mailboxes": [{
        "mailbox": "support@us.example", "waiting": 1, "received": 1, "set_aside": 0,
        "cause": "", "fault": "",
    }]}  # fmt: skip
    told = StringIO()
    call_command("fetch_mail", "--quiet", stdout=told)
    assert told.getvalue() == ""
