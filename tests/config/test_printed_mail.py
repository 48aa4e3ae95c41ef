"""Mail of the local trial is seen: a line in the terminal, and all of it in the log."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import send_mail

from config import run
from requests_app import services
from requests_app.mail import mailboxes, sending
from requests_app.models import OutboundMail
from tests import factories


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[int]:
    """What `make run` gives to what it starts, to be read here."""
    settings.EMAIL_BACKEND = "config.printed_mail.EmailBackend"
    read, write = os.pipe()
    monkeypatch.setenv(run.TERMINAL, str(write))
    yield read
    for descriptor in (read, write):
        os.close(descriptor)


def test_a_mail_is_a_line_in_the_terminal_and_whole_where_it_is_sent(
    terminal: int, capsys: pytest.CaptureFixture[str]
) -> None:
    send_mail("Grüße from\N{RIGHT-TO-LEFT OVERRIDE} us", "Read this.", None, ["ana@us.example"])
    assert os.read(terminal, 1_000).decode() == "Mail to ana@us.example: Grüße from[U+202E] us\n"
    assert "Read this." in capsys.readouterr().out


@pytest.mark.django_db
def test_a_reply_that_is_kept_as_bytes_is_shown_alike(
    terminal: int, capsys: pytest.CaptureFixture[str]
) -> None:
    entity = factories.entity(code="US")
    mailboxes.add(entity=entity, address="support@us.example", by=factories.TESTER)
    request = factories.support_request(
        entity=entity,
        subject="Wet parcel",
        customer=factories.customer(entity=entity, email="m@h.example"),
    )
    services.reply(support_request=request, body="Which carton?", by=factories.TESTER)
    sending.send(OutboundMail.objects.get().pk, by=factories.TESTER)
    told = os.read(terminal, 1_000).decode()
    assert told.startswith("Mail to m@h.example: ")
    assert "Wet parcel" in told
    assert "Which carton?" in capsys.readouterr().out


def test_where_no_terminal_is_left_the_mail_is_in_the_log_all_the_same(
    terminal: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(run.TERMINAL, "99999")
    send_mail("To nobody", "Read this.", None, ["ana@us.example"])
    monkeypatch.delenv(run.TERMINAL)
    send_mail("To nobody", "Read this.", None, ["ana@us.example"])
    assert capsys.readouterr().out.count("Read this.") == 2
