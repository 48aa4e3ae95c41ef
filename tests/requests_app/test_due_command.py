"""The command previews due dates, and computes them again only with a reason."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest
from tests import factories, promises
from tests.promises import at

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = StringIO()
    call_command("due", *words, stdout=out)
    return out.getvalue()


def test_a_preview_names_each_priority_and_changes_nothing(entity: Entity) -> None:
    promises.office(entity)
    factories.entity(code="DE")
    before = Event.objects.count()
    told = said("--preview")
    assert "US · Entity US: Calendar Office" in told
    assert "Normal    due " in told
    assert "Low       no due date" in told
    assert "DE · Entity DE: no calendar" in told
    assert Event.objects.count() == before


def test_dates_are_computed_again_on_record_with_the_reason(entity: Entity) -> None:
    level = promises.office(entity)
    row = factories.support_request(entity=entity, occurred_at=at("2026-11-16T10:00"))
    services.change_service_level(
        level=level, by=factories.TESTER, reason="r", resolution_minutes=240
    )
    assert said("--recompute", "--entity", "us", "--reason", "New contract").startswith("1 open")
    assert SupportRequest.objects.get(pk=row.pk).due_at == at("2026-11-16T14:00")
    event = Event.objects.latest("id")
    assert (event.kind, event.reason, event.actor_kind) == (
        "request.due_dates_recomputed", "New contract", "command",
    )  # fmt: skip


@pytest.mark.parametrize(("words", "told"), [
    (["--recompute"], "Say why with --reason"),
    (["--preview", "--entity", "XX"], "There is no entity XX"),
])  # fmt: skip
def test_what_it_cannot_do_it_says(words: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        said(*words)
