"""What can be done to policies, limits and delegations by a form, as tests/acts_by_role.py says it
of the desk."""

from __future__ import annotations

from datetime import timedelta

from requests_app.models import ApprovalPolicy, Role
from requests_app.services import policies
from tests.acts_by_role import WHY, Act, Sent, fixed
from tests.factories import actor
from tests.world import World

KEEPERS = frozenset({Role.CONTROLLER, Role.EXECUTIVE})
APPROVERS = KEEPERS | {Role.LEAD}
RULE = {
    "name": "Given by a test", "minimum": "0", "maximum": "10", "step1_role": "lead",
    "step1_mode": "any",
}  # fmt: skip


def proposed(here: World) -> None:
    """By the executive, who drafted it."""
    policy = ApprovalPolicy.objects.get(pk=here.ids["policy_id"])
    policies.propose(policy=policy, by=actor(here.people["executive"]), reason="A test")


def for_the_administrator(here: World) -> Sent:
    today = here.entity.today()
    taker = str(here.people["administrator"].pk)
    return WHY | {"taker": taker, "ends_at": f"{today + timedelta(days=5)}T09:00"}


def taker(here: World) -> Sent:
    return {"taker": str(here.people["administrator"].pk)}


def from_tomorrow(here: World) -> Sent:
    day = here.entity.today() + timedelta(days=1)
    return WHY | {"whose": "role:lead", "amount": "10", "starts_on": str(day)}


def ended_today(here: World) -> Sent:
    return WHY | {"last_day": str(here.entity.today())}


POLICIES = {
    "policies:policy-draft": Act(KEEPERS, fixed(window_days="30")),
    "policies:policy-change": Act(KEEPERS, fixed(window_days="60")),
    "policies:rule-add": Act(KEEPERS, fixed(**RULE)),
    "policies:rule-change": Act(KEEPERS, fixed(**RULE)),
    "policies:rule-move up": Act(KEEPERS),
    "policies:rule-move down": Act(KEEPERS),
    "policies:rule-move remove": Act(KEEPERS),
    "policies:policy-decide propose": Act(KEEPERS, fixed(**WHY)),
    "policies:policy-decide approve": Act(frozenset({Role.CONTROLLER}), fixed(**WHY), proposed),
    "policies:policy-decide decline": Act(KEEPERS, fixed(**WHY), proposed),
    # A lead's limit is set by who is no lead.
    "policies:limit-add": Act(KEEPERS, from_tomorrow),
    "policies:limit-end": Act(KEEPERS, ended_today),
    "policies:delegation-add": Act(APPROVERS, for_the_administrator, foreign=taker),
    # The world's is the lead's, to the agent.
    "policies:delegation-revoke": Act(APPROVERS | {Role.AGENT}, fixed(**WHY)),
}
