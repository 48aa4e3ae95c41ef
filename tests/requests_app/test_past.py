"""A request with all its parts, as it stood at any moment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app import past, services
from requests_app.models import SupportRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def replied_to() -> SupportRequest:
    entity = factories.entity()
    agent = factories.actor(factories.person("agent", entity))
    opened = factories.support_request(entity=entity)
    services.take(support_request=opened, by=agent)
    services.reply(support_request=opened, body="First answer", by=agent)
    return opened


def test_the_request_and_its_parts_are_those_of_the_moment(replied_to: SupportRequest) -> None:
    moment = timezone.now()
    agent = factories.actor(replied_to.assignee)
    services.change_priority(support_request=replied_to, priority="critical", by=agent)
    services.reply(support_request=replied_to, body="Second answer", by=agent)
    then, now = past.as_of(replied_to, moment), past.as_of(replied_to, timezone.now())
    assert (then.request.priority, now.request.priority) == ("normal", "critical")
    assert [m.body for m in then.parts["requests_app.message"]] == ["First answer"]
    assert [m.body for m in now.parts["requests_app.message"]] == ["First answer", "Second answer"]


def test_parts_of_other_apps_belong_to_it_too(replied_to: SupportRequest) -> None:
    adjustment = FinancialAdjustment(
        entity=replied_to.entity, support_request=replied_to, number="A-1", kind="refund",
        amount=Decimal("25000"), currency="USD", reason_code="duplicate", reason="Paid twice",
        drafted_by=replied_to.assignee,
    )  # fmt: skip
    with recording("record.created", by=factories.TESTER, subject=adjustment):
        adjustment.save()
    [found] = past.as_of(replied_to, timezone.now()).parts["finance.financialadjustment"]
    assert (found.amount, found.currency) == (Decimal("25000"), "USD")


def test_it_costs_one_query_per_model(
    replied_to: SupportRequest, django_assert_num_queries: Any
) -> None:
    agent = factories.actor(replied_to.assignee)
    for index in range(20):
        services.change_priority(
            support_request=replied_to, priority=("low", "high")[index % 2], by=agent
        )
    with django_assert_num_queries(1 + len(past.part_models())):
        past.as_of(replied_to, timezone.now())


def test_before_its_first_record_there_is_nothing_to_show(replied_to: SupportRequest) -> None:
    with pytest.raises(past.NotYet, match="was not recorded yet"):
        past.as_of(replied_to, timezone.now() - timedelta(days=1))
