"""A row stays with the request and the entity it was put to, whoever writes: it is found there, now
and in the past."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models
from django.utils import timezone

from audit import versions
from audit.models import Event
from audit.recording import recording
from requests_app import past
from requests_app.models import Approval, Customer, SupportRequest
from tests import factories
from tests.recorder_models.models import Paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> SupportRequest:
    entity = factories.entity()
    return factories.support_request(entity=entity, customer=factories.customer(entity=entity))


def change(row: models.Model, **values: Any) -> None:
    with recording("record.changed", by=factories.TESTER):
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def paper(support_request: SupportRequest | None = None) -> Paper:
    with recording("record.created", by=factories.TESTER):
        return Paper.objects.create(name="Photo", support_request=support_request)


def approval(support_request: SupportRequest) -> Approval:
    with recording("record.created", by=factories.TESTER):
        return Approval.objects.create(
            entity=support_request.entity, support_request=support_request, required_role="lead",
            amount=5, currency="USD", content_hash="0" * 64,
        )  # fmt: skip


def test_a_part_never_moves_to_another_request(ours: SupportRequest) -> None:
    part, other = approval(ours), factories.support_request(entity=ours.entity)

    with pytest.raises(IntegrityError) as refused:
        change(part, support_request=other)

    assert "of a row in requests_app_approval never changes once it is set" in str(refused.value)
    assert "Its trail is found by it. Insert another row instead." in str(refused.value)


def test_a_part_is_never_taken_from_its_request(ours: SupportRequest) -> None:
    part = paper(ours)

    with pytest.raises(IntegrityError, match="support_request_id of a row in"):
        change(part, support_request=None)


def test_a_request_never_moves_to_another_entity(ours: SupportRequest) -> None:
    with recording("record.created", by=factories.TESTER):
        alone = SupportRequest.objects.create(
            entity=factories.entity(), number="X-1", channel="mail", subject="Refers to nothing"
        )

    with pytest.raises(IntegrityError, match="entity_id of a row in"):
        change(alone, entity=ours.entity)


def test_a_customer_never_moves_to_another_entity(ours: SupportRequest) -> None:
    with pytest.raises(IntegrityError, match="entity_id of a row in"):
        change(factories.customer(), entity=ours.entity)


def test_a_request_may_change_its_customer(ours: SupportRequest) -> None:
    other = factories.customer(entity=ours.entity)

    change(ours, customer=other)

    assert ours.history.latest().customer == other


def test_a_row_without_a_request_may_be_put_to_one(ours: SupportRequest) -> None:
    part = paper()

    change(part, support_request=ours)

    assert part.history.latest().event.support_request_id == ours.pk
    assert Event.objects.of_support_request(ours.pk).latest("id").kind == "record.changed"


def test_what_was_put_to_a_request_later_was_not_with_it_before(ours: SupportRequest) -> None:
    part = paper()
    before = timezone.now()
    change(part, support_request=ours)
    after = timezone.now()

    shown = [past.as_of(ours, moment).parts[Paper._meta.label_lower] for moment in (before, after)]

    assert [[version.id for version in rows] for rows in shown] == [[], [part.pk]]


def test_a_part_that_is_gone_is_shown_where_it_was_before(ours: SupportRequest) -> None:
    part = paper(ours)
    key, before = part.pk, timezone.now()
    with recording("record.deleted", by=factories.TESTER):
        part.delete()

    [found] = versions.as_of(Paper, before, support_request_id=ours.pk)

    assert found.id == key
    assert versions.as_of(Paper, timezone.now(), support_request_id=ours.pk) == []


def test_a_row_is_found_in_the_past_by_its_key_also_where_rows_may_go(ours: SupportRequest) -> None:
    part = paper(ours)

    [found] = versions.as_of(Paper, timezone.now(), pk=part.pk)

    assert found.name == "Photo"


def test_parts_are_found_by_the_key_that_never_changes() -> None:
    found = dict(past.part_models())

    assert set(found.values()) == {"support_request_id"}
    assert SupportRequest not in found
    assert Customer not in found
