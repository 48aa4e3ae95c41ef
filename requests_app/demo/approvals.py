"""Who must approve what in the demo's company: the usual matrix, limits, and somebody away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from django.utils import timezone

from requests_app.models import Entity
from requests_app.policies import Rule, Step
from requests_app.services import policies, powers

if TYPE_CHECKING:
    from requests_app.demo.story import Story

HOURS = {"lead": (8, "controller"), "controller": (16, "executive"), "executive": (24, "")}
# What needs a controller, however little it is.
CAREFUL = {
    "no_invoice": "Without an invoice",
    "payee_changed": "To a changed payee",
    "cross_entity": "Charged to another entity",
}
LIMITS = {
    "lead": ("30000", "edith"), "controller": ("100000", "edith"), "executive": ("1000000", "chloe")
}  # fmt: skip


def arrange(story: Story) -> None:
    for entity in story.entities.values():
        approve_matrix(story, entity)
        for role, (amount, username) in LIMITS.items():
            powers.set_limit(
                entity=entity, role=role, amount=Decimal(amount), starts_on=story.now.date(),
                on=story.now.date(), by=story.actor(username), reason="As the board decided.",
            )  # fmt: skip
    stand_in(story, story.entities["US"])


def approve_matrix(story: Story, entity: Entity) -> None:
    """Drafted and proposed by one, approved by another."""
    chloe, edith, at = story.actor("chloe"), story.actor("edith"), story.now
    policy = policies.draft(
        entity=entity, rules=list(matrix()), by=chloe, at=at, occurred_at=at,
        note="The first policy: who approves refunds and credits, small and large.",
    )  # fmt: skip
    policies.propose(policy=policy, by=chloe, reason="Agreed with finance.", occurred_at=at)
    policies.approve(policy=policy, by=edith, reason="As the board decided.", at=at, occurred_at=at)


def matrix() -> Iterator[Rule]:
    """By amount, and with a controller wherever there is more to look at."""
    place = count(1)
    for condition, words in CAREFUL.items():
        yield rule(next(place), f"{words}, below 500: controller", "0", "500", "controller",
                   condition=condition)  # fmt: skip
        yield rule(next(place), f"{words}, from 500: lead and controller", "500", "5000", "lead",
                   "controller", condition=condition)  # fmt: skip
    yield rule(next(place), "Below 500: by itself, up to a daily limit", "0", "500", cap="2000")
    yield rule(next(place), "From 500: lead", "500", "5000", "lead")
    yield rule(next(place), "From 5,000: lead and controller", "5000", "25000", "lead",
               "controller")  # fmt: skip
    every = ("lead", "controller", "executive")
    yield rule(next(place), "From 25,000: lead, controller and executive", "25000", None, *every)
    yield rule(next(place), "Anything else: lead, controller and executive", "0", None, *every)


def rule(
    place: int, name: str, low: str, high: str | None, *roles: str, condition: str = "",
    cap: str = "",
) -> Rule:  # fmt: skip
    return Rule(
        priority=place, name=name, kinds=frozenset(), minimum=Decimal(low),
        maximum=None if high is None else Decimal(high),
        conditions=frozenset({condition} if condition else ()),
        daily_cap=Decimal(cap) if cap else None,
        steps=tuple(
            Step(number=number, mode="any", count=1, role=role, hours=HOURS[role][0],
                 escalate_to=HOURS[role][1])
            for number, role in enumerate(roles, start=1)
        ),
    )  # fmt: skip


def stand_in(story: Story, entity: Entity) -> None:
    now = timezone.now()
    powers.delegate(
        giver=story.people["liam"], taker=story.people["chloe"], entity=entity, starts_at=now,
        ends_at=now + timedelta(days=14), at=now, kinds=["refund", "goodwill_credit"],
        most=Decimal(2000), by=story.actor("liam"), reason="At the trade fair for two weeks.",
    )  # fmt: skip
