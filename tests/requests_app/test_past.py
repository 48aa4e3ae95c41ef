"""A request with all its parts, as it stood at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from audit.recording import recording
from finance.models import FinancialAdjustment
from requests_app import past, services
from requests_app.models import Approval, SupportRequest
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


def test_the_parts_of_a_request_are_these_models() -> None:
    assert {(model._meta.label_lower, key) for model, key in past.part_models()} == {
        ("requests_app.message", "support_request_id"),
        ("requests_app.attachment", "support_request_id"),
        ("requests_app.approval", "support_request_id"),
        ("requests_app.duenotice", "support_request_id"),
        ("finance.financialadjustment", "support_request_id"),
        ("recorder_models.paper", "support_request_id"),  # an app of the tests alone
    }


def change(row: models.Model, **values: Any) -> None:
    """What a service of its own will do once there is one for this model."""
    kind = "record.created" if row.pk is None else "record.changed"
    with recording(kind, by=factories.TESTER, subject=row):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def only_part(replied_to: SupportRequest, moment: datetime, label: str) -> Any:
    [found] = past.as_of(replied_to, moment).parts[label]
    return found


def test_an_adjustment_stands_as_it_was_before_it_was_amended(replied_to: SupportRequest) -> None:
    adjustment = FinancialAdjustment(
        entity=replied_to.entity, support_request=replied_to, number="A-1", kind="refund",
        amount=Decimal("25000"), currency="USD", reason_code="duplicate", reason="Paid twice",
        drafted_by=replied_to.assignee,
    )  # fmt: skip
    before = timezone.now()
    change(adjustment)
    drafted = timezone.now()
    change(adjustment, amount=Decimal("24500"), currency="EUR", status="submitted")
    label = "finance.financialadjustment"
    assert past.as_of(replied_to, before).parts[label] == []
    then = only_part(replied_to, drafted, label)
    now = only_part(replied_to, timezone.now(), label)
    assert (then.amount, then.currency, then.status) == (Decimal("25000"), "USD", "draft")
    assert (now.amount, now.currency, now.status) == (Decimal("24500"), "EUR", "submitted")


def test_an_approval_stands_as_it_was_before_it_was_decided(replied_to: SupportRequest) -> None:
    approval = Approval(
        entity=replied_to.entity, support_request=replied_to, required_role="lead",
        amount=Decimal("25000"), currency="USD", content_hash="0" * 64,
    )  # fmt: skip
    before = timezone.now()
    change(approval)
    opened = timezone.now()
    change(
        approval, decision="approved", approver=replied_to.assignee, decided_at=opened,
        reason="Proof is complete",
    )  # fmt: skip
    label = "requests_app.approval"
    assert past.as_of(replied_to, before).parts[label] == []
    then = only_part(replied_to, opened, label)
    now = only_part(replied_to, timezone.now(), label)
    assert (then.decision, then.approver_id, then.decided_at) == ("pending", None, None)
    assert (now.decision, now.decided_at, now.reason) == (
        "approved", opened, "Proof is complete",
    )  # fmt: skip
    assert now.approver_id == replied_to.assignee_id
    assert (then.amount, now.amount) == (Decimal("25000"), Decimal("25000"))


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
