"""What is redacted goes from the mails, too: what was received, and what was sent or was to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox

from requests_app import services
from requests_app.mail import tasks
from requests_app.models import Entity, Mailbox, Message, OutboundMail, RawIntake, SupportRequest
from tests import factories
from tests.pages import body, signed_in

pytestmark = pytest.mark.django_db
SECRET = "4000 0012 3456 7899"


@pytest.fixture
def lead(entity: Entity) -> Any:
    return factories.person("lead", entity)


def redact(message: Message, lead: Any) -> None:
    services.redact_message(message=message, by=factories.actor(lead), reason="A card number")


def is_kept_nowhere() -> bool:
    originals = [bytes(row.content or b"") for row in RawIntake.objects.all()]
    return not any(SECRET.encode() in content for content in originals)


def test_an_answer_goes_from_the_mail_that_brought_it(
    receive: Callable[..., Any], lead: Any
) -> None:
    first = receive("My parcel is wet.")
    number = first.support_request.number
    received = receive(f"My card is {SECRET}", subject=f"Re: [{number}] Wet parcel")
    assert not is_kept_nowhere()

    redact(received.message, lead)

    assert is_kept_nowhere()
    shown = body(signed_in(lead).get(f"/mail/received/{received.pk}/"))
    assert SECRET.encode() not in shown


def test_a_reply_that_waits_is_not_mailed_any_more(
    entity: Entity, mailbox: Mailbox, lead: Any
) -> None:
    customer = factories.customer(entity=entity, email="marisol@harbor.example")
    opened: SupportRequest = factories.support_request(entity=entity, customer=customer)
    message = services.reply(
        support_request=opened, body=f"Your card {SECRET}", by=factories.actor(lead)
    )
    mail = OutboundMail.objects.get()

    redact(message, lead)
    tasks.send(mail_id=mail.pk)

    assert is_kept_nowhere()
    assert outbox.outbox == []
    mail.refresh_from_db()
    assert mail.state == "failed"
