"""The demo tells a whole story, once, and never passes claimed times off as recorded ones."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Event
from requests_app.demo import cast, story
from requests_app.models import Delegation, Entity, Role, SupportRequest, User
from requests_app.policies import Case
from requests_app.services import policies, powers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local_mode(settings: Any) -> None:
    settings.LOCAL = True


def load(**options: object) -> str:
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def test_the_demo_has_someone_in_every_role_and_the_big_refund() -> None:
    said = load()
    assert f"{story.REQUESTS + 1} requests" in said  # and one by mail
    assert {person.role for person in cast.PEOPLE} == set(Role.values)
    assert all(user.check_password(cast.PASSWORD) for user in User.objects.all()[:1])
    refund = SupportRequest.objects.get(claimed_amount=25_000)
    kinds = list(Event.objects.of_support_request(refund.pk).values_list("kind", "outcome"))
    assert kinds[0] == ("request.opened", "done")
    assert kinds[-1] == ("request.closed", "denied")
    assert bytes(refund.intake.content).startswith(b"Subject: Paid twice")


def test_claimed_moments_lie_in_the_past_and_recorded_ones_are_the_databases_own() -> None:
    began = timezone.now()
    load()
    events = Event.objects.filter(occurred_at__isnull=False)
    assert events.filter(occurred_at__lt=began - timedelta(days=30)).count() > 100
    assert not events.filter(occurred_at__gt=timezone.now()).exists()
    # The test's transaction may have begun a little earlier, not later.
    assert not Event.objects.filter(recorded_at__lt=began - timedelta(minutes=5)).exists()
    assert set(Event.objects.exclude(kind="demo.loaded").values_list("channel", flat=True)) == {
        "demo"
    }


def test_the_demo_says_who_approves_what() -> None:
    load()
    for entity in Entity.objects.all():
        policy = policies.in_force(entity, timezone.now() - timedelta(days=60))
        assert policy is not None
        assert (policy.drafted_by.username, policy.decided_by) == (
            "chloe", User.objects.get(username="edith"),
        )  # fmt: skip
        big = policies.rule_for(policy, Case("refund", Decimal(25_000)))
        assert [step.role for step in big.steps.all()] == ["lead", "controller", "executive"]
        odd = Case("refund", Decimal(10), frozenset({"payee_changed"}))
        assert policies.rule_for(policy, odd).name.endswith("controller")
        small = policies.rule_for(policy, Case("refund", Decimal("499.99")))
        assert small.daily_cap == 2_000
        liam = User.objects.get(username="liam")
        assert powers.limit_of(liam, entity, "lead", entity.today()) == 30_000
    assert Delegation.objects.count() == 1


def test_a_second_load_is_refused_or_silent() -> None:
    load()
    before = Event.objects.count()
    with pytest.raises(CommandError, match="empty one only"):
        load()
    assert load(if_empty=True) == ""
    assert Event.objects.count() == before


def test_the_demo_refuses_a_real_installation(settings: Any) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="local trial only"):
        load()
    assert not Event.objects.exists()


def test_sign_ins_name_one_person_per_role() -> None:
    load()
    said = load(show_sign_ins=True)
    assert cast.PASSWORD in said
    assert all(Role(role).label in said for role in Role.values)
