"""Pure: which approvals an amount needs, and why a list of rules is no policy.

The first rule by priority that fits answers, and no other; a policy that stands has exactly one
answer for every kind, every amount and all conditions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

ANY, ALL, QUORUM = "any", "all", "quorum"
MODES = {
    ANY: "Any one of them",
    ALL: "All of them",
    QUORUM: "So many of them",
}
# Who decides about money never posts or pays it. From the lowest to the highest.
APPROVERS = {"lead": "Lead", "controller": "Controller", "executive": "Executive"}
CONDITIONS = {
    "no_invoice": "No invoice is linked to it.",
    "payee_changed": "The payee, or where the money goes, was changed since it was drafted.",
    "cross_entity": "It is charged to another entity than the one that grants it.",
    "old_invoice": "The invoice is older than the entity takes for usual.",
    "repeated": "The same customer was granted money for the same reason before.",
}
LARGEST = Decimal(10) ** 15  # what the column holds
MOST_PEOPLE, MOST_HOURS = 20, 24 * 90


@dataclass(frozen=True)
class Step:
    """``count`` people of ``role`` at least: one where any will do, all of them at least so many.
    ``least_limit`` is what each must be allowed to approve, whatever the amount; after ``hours`` it
    is shown to ``escalate_to``, and nothing is ever approved by waiting."""

    number: int
    mode: str
    count: int
    role: str
    least_limit: Decimal | None = None
    hours: int | None = None
    escalate_to: str = ""

    def __str__(self) -> str:
        role = APPROVERS.get(self.role, self.role).lower()
        if self.mode == ANY:
            return role
        return f"every {role}" if self.mode == ALL else f"{self.count} times {role}"


@dataclass(frozen=True)
class Rule:
    """``minimum`` belongs to it, ``maximum`` does not. No kinds are all kinds; no steps mean that
    it is approved by this rule itself, up to ``daily_cap`` a day."""

    priority: int
    kinds: frozenset[str]
    minimum: Decimal
    maximum: Decimal | None
    conditions: frozenset[str]
    daily_cap: Decimal | None
    steps: tuple[Step, ...]
    name: str = ""
    pk: int | None = None

    def __str__(self) -> str:
        return self.name or f"rule {self.priority}"

    @property
    def is_automatic(self) -> bool:
        return not self.steps

    @property
    def takes_everything(self) -> bool:
        return not (self.kinds or self.minimum or self.conditions) and self.maximum is None

    def fits(self, case: Case) -> bool:
        return (
            (not self.kinds or case.kind in self.kinds)
            and self.minimum <= case.amount
            and (self.maximum is None or case.amount < self.maximum)
            and self.conditions <= case.conditions
        )

    def covers(self, other: Rule) -> bool:
        """Whether whatever fits the other one fits this one, too."""
        kinds = not self.kinds or (bool(other.kinds) and other.kinds <= self.kinds)
        top = self.maximum is None or (other.maximum is not None and other.maximum <= self.maximum)
        return kinds and top and self.minimum <= other.minimum and self.conditions <= (
            other.conditions
        )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What is to be approved: the amount with tax, never below zero, in the entity's currency,
    together with what the window adds to it."""

    kind: str
    amount: Decimal
    conditions: frozenset[str] = frozenset()


class NoRule(LookupError):
    """No rule fits: the rules were never checked to be a policy, or the amount is below zero."""


def in_order(rules: Collection[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.priority)


def matching(rules: Collection[Rule], case: Case) -> Rule:
    """The one rule that answers: the first by priority that fits."""
    for rule in in_order(rules):
        if rule.fits(case):
            return rule
    raise NoRule(f"no rule fits {case.kind} of {case.amount}")


def why_not_policy(rules: Collection[Rule], places: int = 2) -> str:
    """What must be mended before these rules can be a policy; empty if nothing must. Amounts have
    at most ``places`` decimal places, those of the entity's currency."""
    if not rules:
        return "A policy has at least one rule: the last one, which takes whatever no other takes."
    twice = [each for each, count in Counter(r.priority for r in rules).items() if count > 1]
    if twice:
        return f"Two rules stand at place {twice[0]}. Which of them is asked first must be clear."
    ordered = in_order(rules)
    for rule in ordered:
        refusal = why_not_rule(rule, places)
        if refusal:
            return f"“{rule}”: {refusal}"
    return why_not_last(ordered[-1]) or why_not_reached(ordered)


def why_not_last(rule: Rule) -> str:
    if rule.takes_everything and rule.steps:
        return ""
    return (
        f"The last rule, “{rule}”, must take whatever no other takes: all kinds, from 0, without "
        "an upper end and without conditions, and somebody must approve it."
    )


def why_not_reached(ordered: list[Rule]) -> str:
    for place, rule in enumerate(ordered):
        for earlier in ordered[:place]:
            if earlier.covers(rule):
                return (
                    f"“{rule}” is never reached: “{earlier}” stands before it and takes all of "
                    "its cases. Move it up, or remove it."
                )
    return ""


def why_not_rule(rule: Rule, places: int) -> str:
    """What is wrong with one rule by itself."""
    unknown = sorted(rule.conditions - set(CONDITIONS))
    if unknown:
        return f"“{unknown[0]}” is no condition that is known."
    return (
        why_not_amount(rule.minimum, places, "lower end")
        or why_not_amount(rule.maximum, places, "upper end")
        or why_not_range(rule)
        or why_not_cap(rule, places)
        or why_not_steps(rule, places)
    )


def why_not_amount(amount: Decimal | None, places: int, name: str) -> str:
    if amount is None:
        return ""
    if not amount.is_finite() or amount < 0 or amount >= LARGEST:
        return f"The {name} must be an amount from 0 up."
    if amount != round(amount, places):
        allowed = f"at most {places} decimal places" if places else "no decimal places"
        return f"The {name} has more decimal places than its currency, which has {allowed}."
    return ""


def why_not_range(rule: Rule) -> str:
    if rule.maximum is None or rule.minimum < rule.maximum:
        return ""
    return "Its upper end must be more than its lower end: the upper end itself is not in it."


def why_not_cap(rule: Rule, places: int) -> str:
    if not rule.is_automatic:
        return "" if rule.daily_cap is None else "Only a rule without steps has a daily limit."
    if rule.daily_cap is None or rule.maximum is None:
        return (
            "Nobody approves what it takes, so it must have an upper end and a daily limit; "
            "or give it a step."
        )
    if rule.daily_cap == 0:
        return "A daily limit of 0 would let nothing through. Give it a step instead."
    return why_not_amount(rule.daily_cap, places, "daily limit")


def why_not_steps(rule: Rule, places: int) -> str:
    if [step.number for step in rule.steps] != list(range(1, len(rule.steps) + 1)):
        return "Its steps must be numbered 1, 2, 3 and so on, without gaps."
    return next((f"Step {step.number}: {why}" for step, why in refused(rule, places)), "")


def refused(rule: Rule, places: int) -> Iterator[tuple[Step, str]]:
    for step in rule.steps:
        why = why_not_step(step) or why_not_amount(step.least_limit, places, "least limit")
        if why:
            yield step, why


def why_not_step(step: Step) -> str:
    if step.role not in APPROVERS:
        return f"Only {' or '.join(APPROVERS)} approve. Choose one of these roles."
    if step.hours is not None and not 1 <= step.hours <= MOST_HOURS:
        return f"Give from 1 to {MOST_HOURS} hours, or none."
    return why_not_count(step) or why_not_escalation(step)


def why_not_count(step: Step) -> str:
    if step.mode not in MODES:
        return "Say whether any, all or so many people decide."
    if not 1 <= step.count <= MOST_PEOPLE:
        return f"Give from 1 to {MOST_PEOPLE} people."
    if step.mode == QUORUM and step.count < 2:
        return "So many people are at least 2. For one person choose “any”."
    if step.mode == ANY and step.count != 1:
        return "Any one of them is 1 person. For more choose “so many”."
    return ""


def why_not_escalation(step: Step) -> str:
    if not step.escalate_to:
        return ""
    if step.hours is None:
        return "Say after how many hours it goes to somebody higher."
    order = list(APPROVERS)
    if step.escalate_to not in order or order.index(step.escalate_to) <= order.index(step.role):
        return "What waits too long goes to a higher role than the one it waits for."
    return ""
