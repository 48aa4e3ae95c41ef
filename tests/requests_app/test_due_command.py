"""The command previews due dates, and computes them again only with a reason."""

from __future__ import annotations

import json
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
    assert said("--recompute", "--entity", "us", "--reason", "New contract").startswith(
        "1 open requests looked at; 1 changed"
    )
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


def test_a_rehearsal_counts_what_would_change_and_changes_nothing(entity: Entity) -> None:
    level = promises.office(entity)
    row = factories.support_request(entity=entity, occurred_at=at("2026-11-16T10:00"))
    factories.support_request(entity=factories.entity())
    services.change_service_level(
        level=level, by=factories.TESTER, reason="r", resolution_minutes=240
    )
    events, due_at = Event.objects.count(), SupportRequest.objects.get(pk=row.pk).due_at
    assert said("--recompute", "--dry-run") == (
        "1 open requests looked at; 1 would get other dates.\n"
    )
    assert Event.objects.count() == events
    assert SupportRequest.objects.get(pk=row.pk).due_at == due_at
    told = json.loads(said("--recompute", "--reason", "New contract", "--json"))
    assert told == {"requests": 1, "changed": 1, "dry_run": False}
    assert said("--recompute", "--reason", "New contract", "--quiet") == ""


def test_what_cannot_start_ends_with_2_and_what_is_interrupted_with_130(
    entity: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError) as refused:
        said("--recompute")
    assert refused.value.returncode == 2

    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    promises.office(entity)
    factories.support_request(entity=entity)
    monkeypatch.setattr(services, "recompute", interrupted)
    with pytest.raises(CommandError, match="the same command does the rest") as ended:
        said("--recompute", "--reason", "New contract")
    assert ended.value.returncode == 130
