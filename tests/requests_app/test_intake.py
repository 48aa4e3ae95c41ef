"""A request and its new customer are opened together, or neither. With real commits: the refusal is
recorded by a session of its own, which no test's rollback takes back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from audit.models import Event
from audit.recording import Refusal
from requests_app import intake
from requests_app.models import Customer
from tests import factories


@pytest.mark.usefixtures("own_database")
def test_a_customer_is_not_added_when_the_request_is_refused() -> None:
    entity = factories.entity()
    reader = factories.actor(factories.person("auditor", entity))

    with pytest.raises(Refusal, match="needs the role agent or lead"):
        intake.open_for(
            entity=entity, customer_name="Harbor Hotels", customer_email="", by=reader,
            channel="phone", subject="Wet linen", description="", priority="normal",
            received_at=timezone.now(),
        )  # fmt: skip

    assert not Customer.objects.exists()
    assert Event.objects.filter(kind="request.opened").get().outcome == "denied"
