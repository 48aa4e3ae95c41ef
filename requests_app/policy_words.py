"""Rules of a policy in words, and what differs between two versions, as rows for a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from requests_app import approvable, currencies
from requests_app.policies import APPROVERS, Rule, Step, in_order

ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"


@dataclass(frozen=True)
class Part:
    """One fact of a rule that differs."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """``what`` became of a rule from the one version to the other."""

    what: str
    old: Rule | None
    new: Rule | None
    parts: tuple[Part, ...] = ()

    @property
    def rule(self) -> Rule:
        found = self.new or self.old
        assert found is not None
        return found


def amounts(rule: Rule, currency: str) -> str:
    low, high = shown(rule.minimum, currency), shown(rule.maximum, currency)
    if rule.maximum is None:
        return f"From {low}" if rule.minimum else "Any amount"
    return f"From {low} to below {high}" if rule.minimum else f"Below {high}"


def shown(amount: Decimal | None, currency: str) -> str:
    return currencies.shown(amount, currency)


def kinds(rule: Rule) -> str:
    labels = approvable.kinds()
    return ", ".join(sorted(labels.get(kind, kind) for kind in rule.kinds)) or "All kinds"


def conditions(rule: Rule) -> str:
    return ", ".join(name.replace("_", " ") for name in sorted(rule.conditions)) or "None"


def who(rule: Rule, currency: str) -> str:
    if rule.is_automatic:
        return f"Nobody, up to {shown(rule.daily_cap, currency)} a day"
    return "; then ".join(step_words(step, currency) for step in rule.steps)


def step_words(step: Step, currency: str) -> str:
    words = str(step)
    if step.least_limit is not None:
        words += f" who may approve {shown(step.least_limit, currency)}"
    if step.hours is not None:
        words += f", within {step.hours} hours"
    if step.escalate_to:
        words += f", else shown to the {APPROVERS.get(step.escalate_to, '').lower()}"
    return words


def facts(rule: Rule, currency: str) -> dict[str, str]:
    """What a rule says, by label."""
    return {
        "Name": rule.name, "Amounts": amounts(rule, currency), "Kinds": kinds(rule),
        "Only with": conditions(rule), "Approved by": who(rule, currency),
    }  # fmt: skip


def difference(old: Collection[Rule], new: Collection[Rule], currency: str) -> list[Difference]:
    """The rules of the new version in their order, then those that are gone. A rule is known by
    what it takes, or else by its name."""
    left, found = in_order(old), []
    pairs = paired(in_order(new), left)
    for rule in in_order(new):
        before = pairs.get(rule.priority)
        if before is None:
            found.append(Difference(ADDED, None, rule))
            continue
        parts = changes(before, rule, currency)
        found.append(Difference(CHANGED if parts else SAME, before, rule, parts))
    kept = {rule.priority for rule in pairs.values()}
    gone = [Difference(REMOVED, rule, None) for rule in left if rule.priority not in kept]
    return found + gone


def paired(new: list[Rule], old: list[Rule]) -> dict[int, Rule]:
    """By the place of a new rule, the old one it comes from."""
    pairs: dict[int, Rule] = {}
    left = list(old)
    for same in (is_same_case, is_same_name):
        for rule in new:
            match = next((each for each in left if same(each, rule)), None)
            if rule.priority not in pairs and match is not None:
                pairs[rule.priority] = match
                left.remove(match)
    return pairs


def is_same_case(one: Rule, other: Rule) -> bool:
    return (one.kinds, one.minimum, one.maximum, one.conditions) == (
        other.kinds, other.minimum, other.maximum, other.conditions,
    )  # fmt: skip


def is_same_name(one: Rule, other: Rule) -> bool:
    return one.name == other.name


def changes(old: Rule, new: Rule, currency: str) -> tuple[Part, ...]:
    before, after = facts(old, currency), facts(new, currency)
    found = [
        Part(label, before[label], after[label])
        for label in before
        if before[label] != after[label]
    ]
    if old.priority != new.priority:
        found.append(Part("Place", str(old.priority), str(new.priority)))
    return tuple(found)
