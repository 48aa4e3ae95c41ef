"""The commands of mail: a pipe's exit codes, and mailboxes added and changed."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from requests_app.mail import receiving
from requests_app.models import InboundMail, Mailbox, SupportRequest
from tests import factories
from tests.mail.letters import letter

pytestmark = pytest.mark.django_db


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes, **options: Any) -> str:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(raw)))
    told = StringIO()
    call_command("receive_mail", stdout=told, **options)
    return told.getvalue()


def code_of(monkeypatch: pytest.MonkeyPatch, raw: bytes, **options: Any) -> int:
    with pytest.raises(CommandError) as refused:
        pipe(monkeypatch, raw, **options)
    return refused.value.returncode


def test_a_mail_on_standard_input_is_received(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = pipe(monkeypatch, letter())
    assert told == f"{SupportRequest.objects.get().number}: Opened a request\n"


def test_the_server_s_word_for_the_mailbox_goes_before_the_mail_s(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECIPIENT", "Support@US.example")
    pipe(monkeypatch, letter(to="somebody@else.example"))
    assert InboundMail.objects.get().mailbox == mailbox
    assert code_of(monkeypatch, letter(), mailbox="nobody@us.example") == 67


def test_a_mail_for_nobody_is_turned_away_on_record(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_of(monkeypatch, letter(to="nobody@us.example")) == 67
    assert Event.objects.get(kind="mail.turned_away").outcome == "denied"


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"x" * 2_000])
def test_what_is_no_mail_or_too_large_is_a_fault_of_the_data(
    raw: bytes, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MAIL_MAX_BYTES = 1_000
    assert code_of(monkeypatch, raw) == 65


def test_what_breaks_is_tried_again_later(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> InboundMail:
        raise RuntimeError("no database")

    monkeypatch.setattr(receiving, "receive", broken)
    assert code_of(monkeypatch, letter()) == 75


def test_a_mailbox_is_added_and_changed_on_record() -> None:
    factories.entity(code="DE")
    told = StringIO()
    call_command(
        "add_mailbox", "hilfe@de.example", entity="de", imap_host="imap.de.example",
        password_name="DE", stdout=told,
    )  # fmt: skip
    call_command("add_mailbox", "hilfe@de.example", deactivate=True, stdout=told)
    mailbox = Mailbox.objects.get()
    assert (mailbox.password_variable, mailbox.is_active) == ("MAILBOX_PASSWORD_DE", False)
    kinds = Event.objects.filter(kind__startswith="mailbox.").values_list("kind", flat=True)
    assert sorted(kinds) == ["mailbox.added", "mailbox.changed"]


@pytest.mark.parametrize(("address", "options", "words"), [
    ("a@b.example", {}, "Name the entity"),
    ("nobody", {"entity": "US"}, "is no address"),
    ("a@b.example", {"entity": "US", "password_name": "a/b"}, "Use capitals"),
])  # fmt: skip
def test_a_mailbox_that_cannot_be_is_refused_in_words(
    address: str, options: dict[str, str], words: str
) -> None:
    factories.entity(code="US")
    with pytest.raises(CommandError, match=words):
        call_command("add_mailbox", address, stdout=StringIO(), **options)
