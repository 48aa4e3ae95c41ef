"""The pages of policies, limits and delegations: shown to who works there, changed by who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event
from requests_app.models import ApprovalLimit, ApprovalPolicy, Delegation, User
from requests_app.services import policies
from tests import factories
from tests.pages import seen, signed_in, text
from tests.requests_app.matrix import Keepers

pytestmark = pytest.mark.django_db
WHY = {"reason": "As agreed."}


@pytest.fixture
def keepers() -> Keepers:
    return Keepers()


@pytest.fixture
def client(keepers: Keepers) -> Client:
    return signed_in(keepers.controller)


def address(policy: ApprovalPolicy, *parts: object) -> str:
    return "/".join(["/approvals/policies", str(policy.pk), *map(str, parts), ""])


def in_force(keepers: Keepers, **facts: Any) -> ApprovalPolicy:
    return keepers.approved(timezone.now(), **facts)


def test_versions_are_listed_with_how_they_stand(keepers: Keepers, client: Client) -> None:
    in_force(keepers)
    in_force(keepers)
    in_force(keepers, starts_at=timezone.now() + timedelta(days=9))
    keepers.proposed()
    keepers.draft()

    shown = text(client.get("/approvals/policies/"))
    told = ["Version 5 Draft", "Version 4 Proposed", "Version 3 Takes effect later",
            "Version 2 In force", "Version 1 Superseded"]  # fmt: skip
    assert [sentence for sentence in told if sentence not in shown] == []
    assert [shown.index(sentence) for sentence in told] == sorted(map(shown.index, told))


@pytest.mark.parametrize("role", ["agent", "lead", "treasurer", "auditor", "administrator"])
def test_everybody_who_works_there_reads_it_and_drafts_nothing(keepers: Keepers, role: str) -> None:
    policy = in_force(keepers)
    client = signed_in(factories.person(role, keepers.entity))

    shown = text(client.get(address(policy)))
    assert "From 5,000: lead and controller" in shown
    assert "Below USD 500.00" in shown
    assert "Draft a new version" not in text(client.get("/approvals/policies/"))
    assert client.get(f"/approvals/policies/{keepers.entity.code}/new/").status_code == 200


def test_another_entitys_pages_are_not_there(keepers: Keepers) -> None:
    policy = keepers.draft()
    rule = policies.rules_of(policy)[0].pk
    client = signed_in(factories.person("controller", factories.entity()))

    for path in (
        address(policy), address(policy, "change"), address(policy, "rules", "new"),
        address(policy, "rules", rule), f"/approvals/policies/{keepers.entity.code}/new/",
        f"/approvals/limits/{keepers.entity.code}/new/",
        f"/approvals/delegations/{keepers.entity.code}/new/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(address(policy, "propose"), WHY | seen(policy)).status_code == 404
    assert keepers.entity.code not in text(client.get("/approvals/policies/"))
    assert Event.objects.filter(kind="trail.view_denied").exists()


def test_a_rule_of_another_version_is_not_there(keepers: Keepers, client: Client) -> None:
    other = policies.rules_of(keepers.draft())[0].pk
    assert client.get(address(keepers.draft(), "rules", other)).status_code == 404


@pytest.mark.parametrize(("asked", "told"), [
    ("kind=refund&amount=25,000.00",
     "5. Anything else: lead, controller and executive Lead Controller Executive"),
    ("kind=refund&amount=24999.99", "4. From 5,000: lead and controller Lead Controller"),
    ("kind=refund&amount=10", "Nobody, up to USD 2,000.00 a day"),
    ("kind=expense&amount=10&conditions=no_invoice&conditions=repeated",
     "1. Without an invoice: lead and controller"),
    ("kind=refund&amount=ten", "Give the amount in digits"),
    ("kind=gift&amount=10", "This is not in the list."),
    ("kind=refund&amount=", "Give the amount."),
])  # fmt: skip
def test_a_case_is_tried(keepers: Keepers, client: Client, asked: str, told: str) -> None:
    shown = text(client.get(f"{address(keepers.draft())}?{asked}"))
    assert told in shown


def test_a_draft_without_rules_has_no_answer_yet(keepers: Keepers, client: Client) -> None:
    policy = keepers.draft([])
    shown = text(client.get(f"{address(policy)}?kind=refund&amount=5"))
    assert "No rule of this draft takes it yet." in shown


def test_a_policy_is_drafted_edited_proposed_and_approved_by_forms(
    keepers: Keepers, client: Client
) -> None:
    new = f"/approvals/policies/{keepers.entity.code}/new/"
    client.post(new, {"window_days": "45", "starts_at": "", "note": "The first one."})
    policy = ApprovalPolicy.objects.get()
    last = {"name": "Anything: lead, then two executives", "minimum": "0", "step1_role": "lead",
            "step1_mode": "any", "step1_hours": "8", "step1_escalate_to": "controller",
            "step3_role": "executive", "step3_mode": "quorum", "step3_count": "2"}  # fmt: skip
    small = {"name": "Below 50: by itself", "minimum": "0", "maximum": "50.00",
             "daily_cap": "200", "kinds": ["goodwill_credit"]}  # fmt: skip
    for given in (last, small):
        answer = client.post(address(policy, "rules", "new"), given | seen(policy))
        assert answer.status_code == 302, text(answer)

    rules = policies.rules_of(policy)
    assert [rule.name for rule in rules] == [small["name"], last["name"]]
    assert [(step.number, str(step)) for step in rules[1].steps] == [
        (1, "lead"), (2, "2 times executive"),
    ]  # fmt: skip
    assert client.post(address(policy, "propose"), WHY | seen(policy)).status_code == 302

    own = text(client.get(address(policy)))
    assert "Approve: You drafted, changed or proposed this version yourself." in own
    answer = signed_in(keepers.executive).post(address(policy, "approve"), WHY | seen(policy))
    assert answer.status_code == 302
    policy.refresh_from_db()
    assert (policy.status, policy.window_days, policy.note) == ("in_force", 45, "The first one.")


def test_a_rule_is_changed_by_its_form_which_shows_it_as_it_stands(
    keepers: Keepers, client: Client
) -> None:
    policy = keepers.draft()
    rule = policies.rules_of(policy)[3]
    page = client.get(address(policy, "rules", rule.pk)).content.decode()
    assert 'value="25000.00"' in page
    assert 'value="From 5,000: lead and controller"' in page

    given = {"name": "From 5,000: executive", "minimum": "5000", "maximum": "25000",
             "step1_role": "executive", "step1_mode": "any",
             "conditions": ["repeated"]}  # fmt: skip
    assert client.post(address(policy, "rules", rule.pk), given | seen(policy)).status_code == 302
    changed = policies.rules_of(policy)[3]
    assert (changed.pk, changed.name, changed.conditions) == (
        rule.pk, "From 5,000: executive", {"repeated"},
    )  # fmt: skip


@pytest.mark.parametrize(("move", "names"), [
    ("up", ["Below", "Without", "From 500", "From 5,000", "Anything"]),
    ("down", ["Without", "From 500", "Below", "From 5,000", "Anything"]),
    ("remove", ["Without", "From 500", "From 5,000", "Anything"]),
])  # fmt: skip
def test_a_rule_moves_and_goes(
    keepers: Keepers, client: Client, move: str, names: list[str]
) -> None:
    policy = keepers.draft()
    rule = policies.rules_of(policy)[1]
    client.post(address(policy, "rules", rule.pk, move), seen(policy))

    now = policies.rules_of(policy)
    assert [each.name.startswith(name) for each, name in zip(now, names, strict=True)] == (
        [True] * len(names)
    )
    assert [each.priority for each in now] == list(range(1, len(names) + 1))


def test_a_rule_that_cannot_be_stays_in_the_form_with_the_reason(
    keepers: Keepers, client: Client
) -> None:
    policy = keepers.draft()
    given = {"name": "Odd", "minimum": "9", "maximum": "5", "step1_role": "lead"}
    answer = client.post(address(policy, "rules", "new"), given | seen(policy))

    assert answer.status_code == 409
    assert "“Odd”: Its upper end must be more than its lower end" in text(answer)
    assert 'value="Odd"' in answer.content.decode()
    answer = client.post(address(policy, "rules", "new"), {"minimum": "many"} | seen(policy))
    assert answer.status_code == 422
    assert "Give it a name that people understand." in text(answer)


def test_a_stale_form_of_a_rule_is_refused_and_tells_what_changed(
    keepers: Keepers, client: Client
) -> None:
    policy = keepers.draft()
    older = seen(policy)
    policies.change_draft(policy=policy, by=keepers.by("other"), window_days=90)
    given = {"name": "New", "minimum": "0", "maximum": "5", "step1_role": "lead"}

    for path in (address(policy, "rules", "new"), address(policy, "propose")):
        answer = client.post(path, given | WHY | older)
        assert answer.status_code == 409
        assert "changed the draft of the policy since you opened this page" in text(answer)
        assert "What changed since you opened the page" in text(answer)
    assert len(policies.rules_of(policy)) == 5


def test_a_form_that_does_not_say_what_it_showed_is_refused(
    keepers: Keepers, client: Client
) -> None:
    answer = client.post(address(keepers.draft(), "propose"), WHY)
    assert answer.status_code == 422
    assert "This form is from a page that does not say what it showed." in text(answer)


def test_what_is_no_policy_is_told_on_the_page(keepers: Keepers, client: Client) -> None:
    shown = text(client.get(address(keepers.draft([]))))
    assert "Propose: A policy has at least one rule" in shown


def test_the_difference_to_the_version_before_is_shown(keepers: Keepers, client: Client) -> None:
    in_force(keepers)
    policy = keepers.draft(None, at=timezone.now())
    held = policies.rules_of(policy)
    policies.change_draft(policy=policy, by=keepers.by(), rules=held[1:])

    shown = text(client.get(address(policy)))
    assert "What differs from version 1 Taken out: Without an invoice" in shown
    assert "Drafted from Version 1" in shown


def test_what_is_proposed_has_no_editor(keepers: Keepers, client: Client) -> None:
    policy = keepers.proposed()

    assert "Add a rule" not in text(client.get(address(policy)))
    shown = text(client.get(address(policy, "rules", "new")))
    assert "Version 1 is proposed and never changes. Draft a new version instead." in shown


def test_what_is_no_step_or_move_is_not_there(keepers: Keepers, client: Client) -> None:
    policy = keepers.draft()
    rule = policies.rules_of(policy)[0].pk

    assert client.post(address(policy, "destroy"), WHY).status_code == 404
    assert client.post(address(policy, "rules", rule, "sideways")).status_code == 404
    assert client.get(address(policy, "propose")).status_code == 302
    assert client.get(address(policy, "rules", rule, "up")).status_code == 302


# Limits and delegations


@pytest.fixture
def lead(keepers: Keepers) -> User:
    return factories.person("lead", keepers.entity)


def test_a_limit_is_set_shown_and_ended(keepers: Keepers, client: Client, lead: User) -> None:
    new, today = f"/approvals/limits/{keepers.entity.code}/new/", str(keepers.entity.today())
    given = WHY | {"whose": str(lead.pk), "amount": "5,000.00", "starts_on": today}
    assert client.post(new, given).status_code == 302
    assert f"{lead} USD 5,000.00 from {today}" in text(client.get("/approvals/limits/"))

    limit = ApprovalLimit.objects.get()
    end = f"/approvals/limits/{limit.pk}/end/"
    assert client.get(end).status_code == 200
    assert client.post(end, WHY | {"last_day": today} | seen(limit)).status_code == 302
    limit.refresh_from_db()
    assert str(limit.ends_on) == today


def test_ones_own_limit_is_refused_by_the_form(keepers: Keepers, client: Client) -> None:
    new, today = f"/approvals/limits/{keepers.entity.code}/new/", str(keepers.entity.today())
    for whose, told in (
        (str(keepers.controller.pk), "Nobody sets their own limit."),
        ("role:controller", "You hold this role, so its limit is yours, too."),
    ):
        given = WHY | {"whose": whose, "amount": "5", "starts_on": today}
        answer = client.post(new, given)
        assert (answer.status_code, told in text(answer)) == (409, True)
    stranger = factories.person("lead", factories.entity())
    given = WHY | {"whose": str(stranger.pk), "amount": "5", "starts_on": today}
    assert client.post(new, given).status_code == 422


def test_a_delegation_is_given_shown_and_revoked(
    keepers: Keepers, client: Client, lead: User
) -> None:
    new = f"/approvals/delegations/{keepers.entity.code}/new/"
    until = (timezone.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    given = WHY | {"taker": str(lead.pk), "ends_at": until, "most": "2000", "kinds": ["refund"]}
    assert client.post(new, given).status_code == 302
    shown = text(client.get("/approvals/delegations/"))
    assert f"{lead} for {keepers.controller} In force" in shown
    assert "up to USD 2,000.00, only refund" in shown

    row = Delegation.objects.get()
    path = f"/approvals/delegations/{row.pk}/revoke/"
    assert "textarea" in client.get(path).content.decode()
    assert client.post(path, WHY | seen(row)).status_code == 302
    assert "Revoked" in text(client.get("/approvals/delegations/"))


def test_a_delegation_that_lasts_too_long_is_refused(
    keepers: Keepers, client: Client, lead: User
) -> None:
    until = (timezone.now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    new = f"/approvals/delegations/{keepers.entity.code}/new/"
    answer = client.post(new, WHY | {"taker": str(lead.pk), "ends_at": until})

    assert answer.status_code == 409
    assert "It lasts 30 days at most." in text(answer)


def test_powers_of_another_entity_are_not_there(keepers: Keepers, lead: User) -> None:
    from tests.requests_app import matrix

    people = {"executive": keepers.executive, "lead": lead, "agent": keepers.other}
    ids = matrix.ids_of_powers(keepers.entity, "Theirs", people)
    client = signed_in(factories.person("controller", factories.entity()))

    limits = f"/approvals/limits/{ids['limit_id']}/end/"
    revoked = f"/approvals/delegations/{ids['delegation_id']}/revoke/"
    assert [client.get(path).status_code for path in (limits, revoked)] == [404, 404]
    assert "Theirs" not in text(client.get("/approvals/delegations/"))


def test_the_admin_site_shows_them_and_decides_nothing(keepers: Keepers) -> None:
    policy = keepers.proposed()
    client = signed_in(factories.person("administrator", keepers.entity))
    page = f"/admin/requests_app/approvalpolicy/{policy.pk}/change/"

    assert client.get(page).status_code == 200
    assert client.post(page, {"status": "in_force"}).status_code in (403, 405)
    policy.refresh_from_db()
    assert policy.status == "proposed"
