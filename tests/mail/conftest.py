"""A desk with a mailbox. Imports wait until Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from audit.actors import Actor
    from requests_app.models import Entity, InboundMail, Mailbox


@pytest.fixture
def entity() -> Entity:
    from tests import factories

    return factories.entity(code="US")


@pytest.fixture
def agent(entity: Entity) -> Actor:
    from tests import factories

    return factories.actor(factories.person("agent", entity, display_name="Ana Reyes"))


@pytest.fixture
def mailbox(entity: Entity) -> Mailbox:
    from requests_app.mail import mailboxes
    from tests import factories

    return mailboxes.add(
        entity=entity, address="support@us.example", display_name="Larkspur Support",
        by=factories.TESTER,
    )  # fmt: skip


@pytest.fixture
def receive(mailbox: Mailbox) -> Callable[..., InboundMail]:
    """Receives a letter, given in bytes or as the arguments of letters.letter()."""
    from requests_app.mail import receiving
    from tests import factories
    from tests.mail.letters import letter

    def receive(raw: bytes | str = "My parcel is wet.", **fields: Any) -> InboundMail:
        content = raw if isinstance(raw, bytes) else letter(raw, **fields)
        return receiving.receive(raw=content, mailbox=mailbox, by=factories.TESTER)

    return receive
