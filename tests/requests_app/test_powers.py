"""What people may approve at most is set by others; who is away lets a colleague approve."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection
from django.utils import timezone

from audit.models import Event
from audit.recording import ReasonMissing, recording
from audit.standing import Stale, Standing, standing_of
from requests_app import approvers, people, rights, staff
from requests_app.models import ApprovalLimit, Delegation, Role, User
from requests_app.services import RequestRefused, powers
from tests import factories
from tests.pages import signed_in, text
from tests.requests_app.matrix import AT, Keepers

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 15)
SOON = DAY + timedelta(days=10)


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


@pytest.fixture
def lead(keepers: Keepers) -> User:
    return factories.person("lead", keepers.entity)


def limited(keepers: Keepers, amount: str = "1000", who: str = "controller",
            **facts: Any) -> ApprovalLimit:  # fmt: skip
    given = {"starts_on": DAY, "on": DAY, "by": keepers.by(who), "reason": "As agreed."} | facts
    return powers.set_limit(entity=keepers.entity, amount=Decimal(amount), **given)


def refused(call: Any, *args: Any, **facts: Any) -> str:
    with pytest.raises(RequestRefused) as refusal:
        call(*args, **facts)
    assert Event.objects.latest("id").outcome == "denied"
    return str(refusal.value)


def test_a_persons_own_limit_goes_before_that_of_the_role(keepers: Keepers, lead: User) -> None:
    def now() -> Decimal | None:
        return powers.limit_of(lead, keepers.entity, "lead", DAY)

    assert now() is None
    limited(keepers, "5000", role="lead")
    assert now() == 5000
    limited(keepers, "1000", person=lead)
    assert now() == 1000
    assert powers.limit_of(lead, keepers.entity, "lead", DAY - timedelta(days=1)) is None
    assert Event.objects.latest("id").kind == "limit.set"
    assert powers.limit_of(lead, factories.entity(), "lead", DAY) is None


def test_a_new_limit_ends_the_one_that_was_open(keepers: Keepers) -> None:
    first = limited(keepers, "5000", role="lead")
    limited(keepers, "9000", role="lead", starts_on=SOON)

    first.refresh_from_db()
    assert first.ends_on == SOON - timedelta(days=1)
    lead = factories.person("lead", keepers.entity)
    amounts = [powers.limit_of(lead, keepers.entity, "lead", day) for day in (DAY, SOON)]
    assert amounts == [5000, 9000]


def test_a_limit_is_ended_and_another_begins_the_same_day(keepers: Keepers) -> None:
    first = limited(keepers, role="lead")
    yesterday = DAY - timedelta(days=1)
    powers.end_limit(limit=first, last_day=yesterday, by=keepers.by(), reason="Mistyped.", on=DAY)

    assert limited(keepers, "10", role="lead").amount == 10


def test_nobody_sets_their_own_limit(keepers: Keepers) -> None:
    told = refused(limited, keepers, person=keepers.controller)
    assert told == "Nobody sets their own limit. Ask another controller or executive."


def test_nobody_sets_the_limit_of_a_role_they_hold(keepers: Keepers) -> None:
    assert "its limit is yours, too" in refused(limited, keepers, role="controller")
    assert limited(keepers, role="controller", who="executive").role == "controller"


def test_nobody_ends_a_limit_of_their_own(keepers: Keepers) -> None:
    own = limited(keepers, person=keepers.controller, who="executive")
    facts = {"limit": own, "last_day": DAY, "reason": "Gone.", "on": DAY}
    told = refused(powers.end_limit, by=keepers.by(), **facts)
    assert told.startswith("Nobody sets their own limit")


@pytest.mark.parametrize(("facts", "told"), [
    ({}, "Say whose limit it is"),
    ({"role": "agent"}, "Say whose limit it is"),
    ({"role": "lead", "amount": "-1"}, "The amount must be more than zero."),
    ({"role": "lead", "amount": "0.001"}, "USD has at most 2 decimal places"),
    ({"role": "lead", "starts_on": DAY - timedelta(days=1)}, "A limit begins today or later"),
    ({"role": "lead", "ends_on": DAY - timedelta(days=1)}, "Its last day cannot be before"),
])  # fmt: skip
def test_a_limit_that_cannot_be_is_refused(
    keepers: Keepers, facts: dict[str, Any], told: str
) -> None:
    assert told in refused(limited, keepers, **facts)


def test_a_limit_that_overlaps_another_is_refused(keepers: Keepers) -> None:
    limited(keepers, role="lead", ends_on=SOON)
    assert refused(limited, keepers, role="lead") == (
        "There is one from 2026-09-15, until 2026-09-25. End that first."
    )
    limited(keepers, role="lead", starts_on=SOON + timedelta(days=1))
    assert "2026-09-26, open. End that" in refused(
        limited, keepers, role="lead", starts_on=SOON + timedelta(days=1)
    )


def test_a_person_without_an_approving_role_has_no_limit(keepers: Keepers) -> None:
    agent = factories.person("agent", keepers.entity)
    assert "that approves" in refused(limited, keepers, person=agent)


@pytest.mark.parametrize("role", ["agent", "lead", "accountant", "auditor", "administrator"])
def test_other_roles_set_no_limits(keepers: Keepers, role: str) -> None:
    by = factories.actor(factories.person(role, keepers.entity))
    assert "needs the role controller or executive" in refused(limited, keepers, role="lead", by=by)


def test_no_command_sets_a_limit(keepers: Keepers) -> None:
    by = factories.TESTER
    assert "takes a person" in refused(limited, keepers, role="lead", by=by)


def test_an_ended_limit_does_not_end_again_nor_in_the_past(keepers: Keepers) -> None:
    limit = limited(keepers, role="lead")
    facts = {"limit": limit, "by": keepers.by(), "reason": "Over."}
    long_ago = DAY - timedelta(days=2)
    assert "before yesterday" in refused(powers.end_limit, last_day=long_ago, on=DAY, **facts)

    powers.end_limit(last_day=SOON, on=DAY, **facts)
    assert "has ended already" in refused(
        powers.end_limit, last_day=SOON, on=SOON + timedelta(days=1), **facts
    )


def test_a_limit_needs_a_reason(keepers: Keepers) -> None:
    with pytest.raises(ReasonMissing):
        limited(keepers, role="lead", reason="")


def test_a_stale_ending_is_refused(keepers: Keepers) -> None:
    limit = limited(keepers, role="lead")
    seen = standing_of(limit)
    facts = {"limit": limit, "reason": "Over.", "on": DAY}
    powers.end_limit(last_day=SOON, by=keepers.by("other"), **facts)

    with pytest.raises(Stale):
        powers.end_limit(last_day=DAY, by=keepers.by(), seen=seen, **facts)


# Delegations


def given(keepers: Keepers, taker: User, **facts: Any) -> Delegation:
    giver = facts.pop("giver", keepers.controller)
    return powers.delegate(
        **{
            "giver": giver, "taker": taker, "entity": keepers.entity, "starts_at": AT,
            "ends_at": AT + timedelta(days=7), "by": factories.actor(giver), "reason": "On leave.",
            "at": AT,
        } | facts,
    )  # fmt: skip


def test_a_delegation_is_in_force_from_its_start_until_its_end(
    keepers: Keepers, lead: User
) -> None:
    made = given(keepers, lead, kinds=["refund"], most=Decimal(2000))

    def at(offset: timedelta) -> list[Delegation]:
        return list(powers.delegations_to(lead, keepers.entity, AT + offset))

    assert at(timedelta()) == [made] == at(timedelta(days=7, seconds=-1))
    assert at(timedelta(seconds=-1)) == [] == at(timedelta(days=7))
    assert (made.kinds, made.most, made.currency) == (["refund"], 2000, "USD")
    assert Event.objects.latest("id").kind == "delegation.given"
    assert not powers.delegations_to(lead, factories.entity(), AT).exists()


def test_a_revoked_one_ends_at_once_and_stays_known(keepers: Keepers, lead: User) -> None:
    made = given(keepers, lead)
    then = AT + timedelta(days=1)
    powers.revoke(delegation=made, by=keepers.by(), reason="Back again.", at=then)

    assert not powers.delegations_to(lead, keepers.entity, then).exists()
    assert powers.delegations_to(lead, keepers.entity, AT).get() == made
    assert made.revoked_by == keepers.controller


@pytest.mark.parametrize("who", ["taker", "executive"])
def test_the_taker_gives_it_back_and_who_keeps_policies_ends_it(
    keepers: Keepers, lead: User, who: str
) -> None:
    by = factories.actor(lead) if who == "taker" else keepers.by("executive")
    made = powers.revoke(delegation=given(keepers, lead), by=by, reason="No.", at=AT)
    assert made.revoked_at == AT


def test_others_do_not_revoke_it(keepers: Keepers, lead: User) -> None:
    made = given(keepers, lead)
    agent = factories.actor(factories.person("agent", keepers.entity))
    facts = {"delegation": made, "reason": "No.", "at": AT}

    assert "needs the role" in refused(powers.revoke, by=agent, **facts)
    assert "takes a person" in refused(powers.revoke, by=factories.TESTER, **facts)
    powers.revoke(by=keepers.by(), **facts)
    assert refused(powers.revoke, by=keepers.by(), **facts) == "It was revoked already."


def test_what_has_ended_is_not_revoked(keepers: Keepers, lead: User) -> None:
    made = given(keepers, lead)
    told = refused(powers.revoke, delegation=made, by=keepers.by(), reason="No.", at=made.ends_at)
    assert told == "It has ended already."


def test_who_acts_by_a_delegation_hands_nothing_on(keepers: Keepers) -> None:
    """An agent who stands in for a controller has nothing of their own to give."""
    agent, third = (factories.person("agent", keepers.entity) for _ in range(2))
    given(keepers, agent)

    told = refused(given, keepers, third, giver=agent)
    assert told.startswith("Delegating approvals in")
    assert not powers.delegations_to(third, keepers.entity, AT).exists()


def test_a_lead_who_stands_in_for_a_controller_hands_on_a_leads_roles_alone(
    keepers: Keepers, lead: User
) -> None:
    third = factories.person("agent", keepers.entity)
    given(keepers, lead)
    made = given(keepers, third, giver=lead)

    assert list(powers.delegations_to(third, keepers.entity, AT)) == [made]
    assert powers.approving_roles(made.giver, keepers.entity) == {"lead"}


def test_nobody_hands_on_what_another_may_approve(keepers: Keepers, lead: User) -> None:
    told = refused(given, keepers, lead, by=keepers.by("executive"))
    assert told == f"Only {keepers.controller} hands on what {keepers.controller} may approve."


def test_a_taker_who_cannot_decide_is_refused(keepers: Keepers) -> None:
    gone, entity = factories.person("lead", keepers.entity), keepers.entity
    staff.deactivate(person=gone, by=factories.TESTER, reason="Left.")
    accountant = factories.person("accountant", entity)
    stranger = factories.person("lead", factories.entity())

    assert "Nobody stands in for themselves" in refused(given, keepers, keepers.controller)
    assert "is not active" in refused(given, keepers, gone)
    assert "holds no role in" in refused(given, keepers, stranger)
    assert "who posts, pays or audits decides nothing" in refused(given, keepers, accountant)


def test_the_delegation_of_somebody_who_left_is_over(keepers: Keepers, lead: User) -> None:
    given(keepers, lead)
    staff.deactivate(person=keepers.controller, by=factories.TESTER, reason="Left.")

    assert not powers.delegations_to(lead, keepers.entity, AT).exists()


@pytest.mark.parametrize(("facts", "told"), [
    ({"starts_at": AT - timedelta(seconds=1)}, "It begins now or later"),
    ({"ends_at": AT}, "It ends after it begins."),
    ({"ends_at": AT + timedelta(days=30, seconds=1)}, "It lasts 30 days at most."),
    ({"kinds": ["gift"]}, "“gift” is no kind of money"),
    ({"most": Decimal(0)}, "The amount must be more than zero."),
    ({"most": Decimal("1.001")}, "USD has at most 2 decimal places"),
])  # fmt: skip
def test_a_delegation_that_cannot_be_is_refused(
    keepers: Keepers, lead: User, facts: dict[str, Any], told: str
) -> None:
    assert told in refused(given, keepers, lead, **facts)


def test_two_to_the_same_taker_do_not_overlap(keepers: Keepers, lead: User) -> None:
    first = given(keepers, lead)
    assert "stands in for you from 2026-09-15 12:00 to 2026-09-22 12:00 UTC already" in refused(
        given, keepers, lead, ends_at=AT + timedelta(days=1)
    )
    given(keepers, lead, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(days=1))
    given(keepers, factories.person("lead", keepers.entity))


@pytest.mark.parametrize("role", ["agent", "accountant", "treasurer", "auditor", "administrator"])
def test_who_approves_nothing_delegates_nothing(keepers: Keepers, lead: User, role: str) -> None:
    giver = factories.person(role, keepers.entity)
    assert "needs the role controller or executive or lead" in refused(
        given, keepers, lead, giver=giver
    )


def test_a_stale_revocation_is_refused(keepers: Keepers, lead: User) -> None:
    made = given(keepers, lead)
    older = Standing(standing_of(made).version - 1, 0)

    with pytest.raises(Stale):
        powers.revoke(delegation=made, by=keepers.by(), reason="Back.", at=AT, seen=older)


# What the database keeps


def sql(words: str) -> None:
    with recording("policy.changed", by=factories.TESTER), connection.cursor() as cursor:
        cursor.execute(words)


@pytest.mark.parametrize("change", ["amount = 99999", "starts_on = '2020-01-01'", "role = 'lead'"])
def test_a_limit_never_changes_but_for_its_end(keepers: Keepers, change: str) -> None:
    limited(keepers, role="controller", who="executive")
    with pytest.raises(IntegrityError, match="never changed or deleted"):
        sql(f"UPDATE requests_app_approvallimit SET {change}")


@pytest.mark.parametrize("change", [
    "most = 5", "ends_at = ends_at + interval '1 day'", "kinds = '{refund}'",
    "taker_id = created_by_id", "reason = 'Other'",
])  # fmt: skip
def test_a_delegation_never_changes_but_by_being_revoked(
    keepers: Keepers, lead: User, change: str
) -> None:
    given(keepers, lead)
    with pytest.raises(IntegrityError, match="never changed or deleted"):
        sql(f"UPDATE requests_app_delegation SET {change}")


def test_a_revoked_delegation_is_not_given_back(keepers: Keepers, lead: User) -> None:
    made = given(keepers, lead)
    powers.revoke(delegation=made, by=keepers.by(), reason="Back.", at=AT)
    with pytest.raises(IntegrityError, match="revoked once"):
        sql("UPDATE requests_app_delegation SET revoked_at = NULL, revoked_by_id = NULL")


@pytest.mark.parametrize("table", ["approvallimit", "delegation"])
def test_nothing_of_it_is_deleted(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(f"DELETE FROM requests_app_{table}")


# Rights


def tries(name: str, person: User, keepers: Keepers) -> str:
    by = factories.actor(person)
    if name == "delegate":
        return powers.why_not_give(person, keepers.entity, by)
    if name == "set_limits":
        return powers.why_not_set(keepers.entity, by)
    from requests_app.services import policies

    return policies.why_not_draft(keepers.entity, by)


@pytest.mark.parametrize("right", approvers.RIGHTS, ids=lambda right: str(right.name))
def test_the_table_of_roles_agrees_with_what_happens(keepers: Keepers, right: rights.Right) -> None:
    allowed = {
        role for role in Role
        if not tries(right.name, factories.person(role, keepers.entity), keepers)
    }  # fmt: skip
    assert allowed == right.roles


def test_the_page_of_roles_shows_them(keepers: Keepers) -> None:
    shown = text(signed_in(keepers.controller).get("/roles/"))
    assert all(right.sentence in shown for right in approvers.RIGHTS)


def test_who_ended_a_role_hands_nothing_on_from_then(keepers: Keepers, lead: User) -> None:
    given(keepers, lead)
    (grant,) = keepers.controller.grants.all()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        people.end_role(
            by=factories.TESTER, grant=grant, reason="Moved.",
            last_day=keepers.entity.today() - timedelta(days=1),
        )  # fmt: skip
        assert powers.approving_roles(keepers.controller, keepers.entity) == set()
