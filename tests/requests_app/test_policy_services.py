"""A policy is drafted, proposed and approved by another person; a version never changes then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import Event
from audit.recording import ReasonMissing
from audit.standing import Stale, standing_of
from requests_app.models import ApprovalPolicy, PolicyRule
from requests_app.policies import Case, NoRule
from requests_app.services import RequestRefused, policies
from tests import factories
from tests.requests_app.matrix import AT, LATER, Keepers, rule, step, usual

pytestmark = pytest.mark.django_db
LONG_AGO = AT - timedelta(days=300)


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


def test_the_first_draft_is_version_1_in_the_currency_of_its_entity(keepers: Keepers) -> None:
    policy = keepers.draft()

    assert (policy.version, policy.status, policy.currency) == (1, "draft", "USD")
    assert policies.rules_of(policy)[1].daily_cap == Decimal(2000)
    assert [each.name for each in policies.rules_of(policy)] == [each.name for each in usual()]
    assert [str(each) for each in policies.rules_of(policy)[4].steps] == [
        "lead", "controller", "executive",
    ]  # fmt: skip
    assert Event.objects.latest("id").kind == "policy.drafted"
    assert Event.objects.latest("id").subject_label == f"Policy {keepers.entity.code} version 1"


def test_a_draft_copies_the_one_in_force(keepers: Keepers) -> None:
    first = keepers.approved(window_days=60)
    second = keepers.draft(None, at=LATER)

    assert (second.version, second.copied_from, second.window_days) == (2, first, 60)
    assert {each.what for each in policies.difference(first, second)} == {"same"}
    assert {each.pk for each in policies.rules_of(first)}.isdisjoint(
        each.pk for each in policies.rules_of(second)
    )


def test_nothing_is_in_force_before_it_is_approved(keepers: Keepers) -> None:
    keepers.proposed()
    assert policies.in_force(keepers.entity, LATER) is None


def test_an_approved_policy_answers(keepers: Keepers) -> None:
    keepers.approved()
    policy = policies.in_force(keepers.entity, AT)

    assert policy is not None
    assert policies.rule_for(policy, Case("refund", Decimal(5000))).name.startswith("From 5,000")
    with_condition = Case("refund", Decimal(10), frozenset({"no_invoice"}))
    assert policies.rule_for(policy, with_condition).name.startswith("Without an invoice")
    with pytest.raises(NoRule):
        policies.rule_for(policy, Case("refund", Decimal(-1)))


def test_another_version_supersedes_the_former_which_stays_readable(keepers: Keepers) -> None:
    first = keepers.approved()
    second = keepers.approved(LATER, rules=usual()[-1:])

    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "in_force")
    assert policies.in_force(keepers.entity, AT) == first
    assert policies.in_force(keepers.entity, LATER) == second
    assert policies.in_force(keepers.entity, LONG_AGO) is None
    assert policies.rule_for(first, Case("refund", Decimal(100))).name.startswith("Below 500")


def test_one_that_takes_effect_later_leaves_the_former_in_force_until_then(
    keepers: Keepers,
) -> None:
    first = keepers.approved()
    start = AT + timedelta(days=14)
    second = keepers.approved(LATER, starts_at=start)

    first.refresh_from_db()
    assert first.status == "in_force"
    assert policies.in_force(keepers.entity, start - timedelta(seconds=1)) == first
    assert policies.in_force(keepers.entity, start) == second

    keepers.approved(start + timedelta(days=1))
    first.refresh_from_db()
    assert first.status == "superseded"


def test_it_takes_effect_no_sooner_than_it_was_approved(keepers: Keepers) -> None:
    policy = keepers.approved(AT, starts_at=LONG_AGO)
    assert policy.starts_at == AT


def test_a_later_version_does_not_start_before_an_earlier_one(keepers: Keepers) -> None:
    keepers.approved(starts_at=AT + timedelta(days=30))
    policy = keepers.proposed()

    assert "must take effect after that" in refused(keepers, "approve", policy, at=LATER)


def refused(keepers: Keepers, verb: str, policy: ApprovalPolicy, who: str = "executive",
            **facts: object) -> str:  # fmt: skip
    with pytest.raises(RequestRefused) as refusal:
        getattr(policies, verb)(policy=policy, by=keepers.by(who), reason="Now.", **facts)
    assert Event.objects.latest("id").outcome == "denied"
    return str(refusal.value)


OWN = "You drafted, changed or proposed this version yourself. Somebody else approves it."


def test_who_drafted_it_does_not_approve_it(keepers: Keepers) -> None:
    policy = keepers.draft()
    policies.propose(policy=policy, by=keepers.by("other"), reason="Ready.")

    assert refused(keepers, "approve", policy, "controller", at=AT) == OWN


def test_who_proposed_it_does_not_approve_it(keepers: Keepers) -> None:
    policy = keepers.draft()
    policies.propose(policy=policy, by=keepers.by("other"), reason="Ready.")

    assert refused(keepers, "approve", policy, "other", at=AT) == OWN


def test_who_wrote_on_it_does_not_approve_it(keepers: Keepers) -> None:
    policy = keepers.draft()
    policies.change_draft(policy=policy, by=keepers.by("other"), note="A word.")
    policies.propose(policy=policy, by=keepers.by(), reason="Ready.")

    assert refused(keepers, "approve", policy, "other", at=AT) == OWN
    policies.approve(policy=policy, by=keepers.by("executive"), reason="Good.", at=AT)


@pytest.mark.parametrize("role", ["agent", "lead", "accountant", "auditor", "administrator"])
def test_other_roles_keep_no_policy(keepers: Keepers, role: str) -> None:
    by = factories.actor(factories.person(role, keepers.entity))
    told = (
        f"Keeping the approval policy in {keepers.entity.code} needs the role controller or "
        "executive there."
    )

    assert policies.why_not_draft(keepers.entity, by) == told
    assert policies.why_not_approve(keepers.proposed(), by) == told


def test_a_controller_of_another_entity_keeps_none_here(keepers: Keepers) -> None:
    by = factories.actor(factories.person("controller", factories.entity()))

    with pytest.raises(RequestRefused, match="needs the role controller or executive"):
        policies.draft(entity=keepers.entity, rules=usual(), by=by, at=AT)


def test_no_command_keeps_a_policy(keepers: Keepers) -> None:
    with pytest.raises(RequestRefused, match="takes a person"):
        policies.draft(entity=keepers.entity, rules=usual(), by=factories.TESTER, at=AT)


@pytest.mark.parametrize("verb", ["propose", "approve", "decline"])
def test_deciding_needs_a_reason(keepers: Keepers, verb: str) -> None:
    policy = keepers.draft() if verb == "propose" else keepers.proposed()
    facts = {} if verb == "propose" else {"at": AT}

    with pytest.raises(ReasonMissing):
        getattr(policies, verb)(policy=policy, by=keepers.by("executive"), reason=" ", **facts)


def test_a_draft_is_not_approved(keepers: Keepers) -> None:
    assert refused(keepers, "approve", keepers.draft(), at=AT) == (
        "Version 1 is draft, so this cannot be done now."
    )


def test_what_is_decided_is_not_decided_again(keepers: Keepers) -> None:
    policy = keepers.approved()

    for verb, facts in [("approve", {"at": AT}), ("decline", {"at": AT}), ("propose", {})]:
        assert "is approved, so this cannot be done now" in refused(keepers, verb, policy, **facts)


def test_only_one_is_proposed_at_a_time(keepers: Keepers) -> None:
    keepers.proposed()

    assert refused(keepers, "propose", keepers.draft()) == (
        "Version 1 is proposed already. It is decided first."
    )


def test_what_is_no_policy_is_not_proposed(keepers: Keepers) -> None:
    policy = keepers.draft(usual()[:-1])
    assert "must take whatever no other takes" in refused(keepers, "propose", policy)


def test_a_version_older_than_what_was_approved_meanwhile_is_not_proposed(
    keepers: Keepers,
) -> None:
    old = keepers.draft()
    keepers.approved()

    assert "Version 2 was approved since this was drafted" in refused(keepers, "propose", old)


def test_a_declined_version_is_kept_and_never_in_force(keepers: Keepers) -> None:
    policy = keepers.proposed()
    policies.decline(policy=policy, by=keepers.by("executive"), reason="Too lax.", at=AT)

    assert (policy.status, policy.decided_by) == ("declined", keepers.executive)
    assert policies.in_force(keepers.entity, LATER) is None
    assert keepers.draft().version == 2


def test_who_proposed_it_takes_it_back(keepers: Keepers) -> None:
    policy = keepers.proposed()
    policies.decline(policy=policy, by=keepers.by(), reason="A mistake.", at=AT)
    assert policy.status == "declined"


def test_a_draft_changes_its_rules_and_keeps_their_rows(keepers: Keepers) -> None:
    policy = keepers.draft()
    held = policies.rules_of(policy)
    fewer = tuple(
        replace(each, priority=place)
        for place, each in enumerate([held[2], held[1], *held[3:]], start=1)
    )
    wider = replace(
        fewer[0], name="Up to 5,000: two leads",
        steps=(step(1, "lead", mode="quorum", count=2, hours=8, escalate_to="controller"),),
    )  # fmt: skip
    policies.change_draft(policy=policy, by=keepers.by(), rules=(wider, *fewer[1:]))

    now = policies.rules_of(policy)
    assert [each.pk for each in now] == [held[2].pk, held[1].pk, held[3].pk, held[4].pk]
    assert now[0] == wider
    assert PolicyRule.objects.get(pk=held[0].pk).priority is None
    assert PolicyRule.objects.filter(policy=policy).count() == 5


def test_steps_are_added_and_taken_out(keepers: Keepers) -> None:
    policy = keepers.draft([rule(1, "All", "0", None, "lead", "controller")])
    (held,) = policies.rules_of(policy)
    policies.change_draft(
        policy=policy, by=keepers.by(), rules=[replace(held, steps=(step(1, "executive"),))]
    )
    assert [str(each) for each in policies.rules_of(policy)[0].steps] == ["executive"]

    policies.change_draft(policy=policy, by=keepers.by(), rules=[held])
    assert [str(each) for each in policies.rules_of(policy)[0].steps] == ["lead", "controller"]


def test_a_change_that_changes_nothing_is_no_event(keepers: Keepers) -> None:
    policy, other = keepers.draft(), keepers.by("other")
    before = Event.objects.count()

    policies.change_draft(policy=policy, by=other, rules=policies.rules_of(policy))

    assert Event.objects.count() == before
    assert keepers.other.pk not in policy.editors


def test_a_stale_form_is_refused(keepers: Keepers) -> None:
    policy = keepers.draft()
    seen = standing_of(policy)
    held = policies.rules_of(policy)
    renamed = (replace(held[0], steps=(step(1, "executive"),)), *held[1:])
    policies.change_draft(policy=policy, by=keepers.by("other"), rules=renamed)

    with pytest.raises(Stale, match="changed the draft of the policy since you opened"):
        policies.change_draft(policy=policy, by=keepers.by(), rules=held[1:], seen=seen)
    with pytest.raises(Stale):
        policies.propose(policy=policy, by=keepers.by(), reason="Ready.", seen=seen)


def test_what_is_proposed_is_not_changed(keepers: Keepers) -> None:
    policy = keepers.proposed()

    with pytest.raises(RequestRefused, match=r"Version 1 is proposed and never changes\. Draft a"):
        policies.change_draft(policy=policy, by=keepers.by(), rules=usual()[-1:])


@pytest.mark.parametrize(("wrong", "told"), [
    (rule(1, "Ends", "0", "5.001", "lead"), "“Ends”: The upper end has more decimal places"),
    (rule(1, " ", "0", "5", "lead"), "Give it a name."),
    (rule(1, "Odd", "0", "5", "lead", kinds=frozenset({"gift"})), "“gift” is no kind of money"),
    (rule(1, "Free", "0", "5"), "upper end and a daily limit"),
])  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_while_drafting(
    keepers: Keepers, wrong: object, told: str
) -> None:
    with pytest.raises(RequestRefused) as refusal:
        keepers.draft([wrong])
    assert told in str(refusal.value)


@pytest.mark.parametrize("days", [0, 367])
def test_a_window_is_days_of_a_year(keepers: Keepers, days: int) -> None:
    with pytest.raises(RequestRefused, match="from 1 to 366 days"):
        keepers.draft(window_days=days)


def test_what_is_no_fact_of_a_policy_is_an_error(keepers: Keepers) -> None:
    with pytest.raises(TypeError, match="a policy has no status"):
        keepers.draft(status="in_force")


def test_yen_are_whole(keepers: Keepers) -> None:
    yen = Keepers(factories.entity(currency="JPY"))

    with pytest.raises(RequestRefused, match="which has no decimal places"):
        yen.draft([rule(1, "Half", "0", "5.5", "lead")])


def test_the_difference_says_what_was_added_changed_and_removed(keepers: Keepers) -> None:
    first = keepers.approved()
    held = usual()
    rules = [
        replace(held[1], daily_cap=Decimal(1000)),
        replace(held[2], steps=(step(1, "controller"),)),
        rule(4, "Expenses: controller", "0", None, "controller", kinds=frozenset({"expense"})),
        held[4],
    ]
    second = keepers.proposed(rules, at=LATER)

    found = {each.rule.name: each for each in policies.difference(first, second)}
    assert {name: each.what for name, each in found.items()} == {
        "Below 500: by itself": "changed", "From 500: lead": "changed",
        "Expenses: controller": "added",
        "Anything else: lead, controller and executive": "same",
        "Without an invoice: lead and controller": "removed",
        "From 5,000: lead and controller": "removed",
    }  # fmt: skip
    parts = found["Below 500: by itself"].parts
    assert (parts[0].label, parts[0].before, parts[0].after) == (
        "Approved by", "Nobody, up to USD 2,000.00 a day", "Nobody, up to USD 1,000.00 a day",
    )  # fmt: skip
    told = Event.objects.filter(kind="policy.proposed").latest("id").detail
    assert told == {"previous": 1, "added": 1, "removed": 2, "changed": 2}


def test_a_rule_at_another_place_is_a_change(keepers: Keepers) -> None:
    first = keepers.draft()
    held = policies.rules_of(first)
    moved = [replace(held[1], priority=1), replace(held[0], priority=2), *held[2:]]
    second = keepers.draft(moved)

    found = [each for each in policies.difference(first, second) if each.what == "changed"]
    assert [(part.label, part.before, part.after) for each in found for part in each.parts] == [
        ("Place", "2", "1"), ("Place", "1", "2"),
    ]  # fmt: skip


def test_against_no_version_all_is_added(keepers: Keepers) -> None:
    policy = keepers.draft()
    assert policies.before(policy) is None
    assert {each.what for each in policies.difference(None, policy)} == {"added"}


def test_policies_are_seen_in_their_entity_alone(keepers: Keepers) -> None:
    policy = keepers.draft()
    agent = factories.person("agent", keepers.entity)
    stranger = factories.person("controller", factories.entity())

    assert list(ApprovalPolicy.objects.visible_to(agent)) == [policy]
    assert not ApprovalPolicy.objects.visible_to(stranger).exists()
    assert not PolicyRule.objects.visible_to(stranger).exists()
