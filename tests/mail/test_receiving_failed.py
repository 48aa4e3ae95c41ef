"""A mail whose recording fails leaves nothing, where commits are real: it comes again later."""

from __future__ import annotations

import pytest

from audit.models import Event
from requests_app.mail import mailboxes, receiving
from requests_app.models import InboundMail, RawIntake, SupportRequest
from tests import factories
from tests.mail.letters import letter


def test_a_failed_recording_leaves_nothing_but_its_failure(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = mailboxes.add(
        entity=factories.entity(code="US"), address="support@us.example", by=factories.TESTER
    )

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(receiving, "attach", broken)
        receiving.receive(raw=letter(), mailbox=mailbox, by=factories.TESTER)

    for model in (SupportRequest, InboundMail, RawIntake):
        assert not model._default_manager.exists()
    assert Event.objects.get(kind="mail.received").outcome == "failed"
    receiving.receive(raw=letter(), mailbox=mailbox, by=factories.TESTER)
    assert SupportRequest.objects.get().number.endswith("000001")
