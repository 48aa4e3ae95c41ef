"""Exactly one rule answers, for every kind, amount and condition; what is no policy is told why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from requests_app.policies import (
    ALL,
    ANY,
    CONDITIONS,
    QUORUM,
    Case,
    NoRule,
    Rule,
    Step,
    matching,
    why_not_policy,
)

KINDS = ("refund", "credit_note", "expense")
PLACES = {"JPY": 0, "USD": 2, "KWD": 3}
NOTHING: frozenset[str] = frozenset()


def step(number: int = 1, role: str = "lead", **facts: Any) -> Step:
    return Step(**{"number": number, "mode": ANY, "count": 1, "role": role} | facts)


def rule(priority: int, minimum: str = "0", maximum: str | None = None, **facts: Any) -> Rule:
    given: dict[str, Any] = {
        "kinds": NOTHING, "conditions": NOTHING, "daily_cap": None, "steps": (step(),),
        "name": f"R{priority}",
    }  # fmt: skip
    top = None if maximum is None else Decimal(maximum)
    return Rule(priority=priority, minimum=Decimal(minimum), maximum=top, **given | facts)


LAST = rule(99)
MATRIX = (
    rule(1, "0", "5000", conditions=frozenset({"no_invoice"}), steps=(step(role="controller"),)),
    rule(2, "0", "500", steps=(), daily_cap=Decimal(2000)),
    rule(3, "500", "5000"),
    rule(4, "5000", "25000", steps=(step(), step(2, "controller"))),
    rule(5, "25000", steps=(step(), step(2, "controller"), step(3, "executive"))),
    rule(6, steps=(step(role="executive"),)),
)


@pytest.mark.parametrize(("amount", "priority"), [
    ("0", 2), ("499.99", 2), ("500", 3), ("4999.99", 3), ("5000", 4), ("24999.99", 4),
    ("25000.00", 5), ("25000.01", 5), ("999999999", 5),
])  # fmt: skip
def test_the_lower_end_belongs_to_a_rule_and_the_upper_end_to_the_next(
    amount: str, priority: int
) -> None:
    assert matching(MATRIX, Case("refund", Decimal(amount))).priority == priority


def test_a_rule_with_a_condition_takes_only_cases_that_have_it() -> None:
    amount = Decimal(100)

    assert matching(MATRIX, Case("refund", amount, frozenset({"no_invoice"}))).priority == 1
    assert matching(MATRIX, Case("refund", amount, frozenset({"repeated"}))).priority == 2


def test_a_rule_with_two_conditions_needs_both() -> None:
    both = frozenset({"no_invoice", "repeated"})
    rules = (rule(1, conditions=both), LAST)

    assert matching(rules, Case("refund", Decimal(1), frozenset({"repeated"}))) == LAST
    assert matching(rules, Case("refund", Decimal(1), both | {"old_invoice"})).priority == 1


def test_the_order_in_which_rules_are_given_does_not_matter() -> None:
    case = Case("refund", Decimal(700))
    assert matching(MATRIX[::-1], case) == matching(MATRIX, case)


def test_rules_of_some_kinds_take_no_other() -> None:
    rules = (rule(1, kinds=frozenset({"expense"})), LAST)

    assert matching(rules, Case("expense", Decimal(1))).priority == 1
    assert matching(rules, Case("refund", Decimal(1))) == LAST


def test_an_amount_below_zero_has_no_answer() -> None:
    with pytest.raises(NoRule):
        matching(MATRIX, Case("refund", Decimal("-0.01")))


def test_the_matrix_is_a_policy() -> None:
    assert why_not_policy(MATRIX) == ""


TOO_SMALL = rule(1, "0", "5.005")
AUTOMATIC = rule(1, "0", "500", steps=(), daily_cap=Decimal(1000))
REFUSED: dict[str, tuple[tuple[Rule, ...], str]] = {
    "none": ((), "A policy has at least one rule"),
    "twice": ((rule(99, "0", "5"), LAST), "Two rules stand at place 99"),
    "scale": ((TOO_SMALL, LAST), "“R1”: The upper end has more decimal places than its currency, "
              "which has at most 2 decimal places."),
    "below": ((rule(1, "-1", "5"), LAST), "The lower end must be an amount from 0 up."),
    "not a number": ((rule(1, "NaN", "5"), LAST), "The lower end must be an amount from 0 up."),
    "too large": ((rule(1, "0", "1000000000000000"), LAST), "The upper end must be an amount"),
    "empty": ((rule(1, "5", "5"), LAST), "Its upper end must be more than its lower end"),
    "no catch-all": ((rule(1, "0", "5"),), "The last rule, “R1”, must take whatever no other"),
    "last with a kind": ((rule(1, kinds=frozenset({"refund"})),), "The last rule"),
    "last with a condition": ((rule(1, conditions=frozenset({"repeated"})),), "The last rule"),
    "last from 1": ((rule(1, "1"),), "The last rule"),
    "no cap": ((replace(AUTOMATIC, daily_cap=None), LAST), "upper end and a daily limit"),
    "no end": ((replace(AUTOMATIC, maximum=None), LAST), "upper end and a daily limit"),
    "cap of nothing": ((replace(AUTOMATIC, daily_cap=Decimal(0)), LAST), "A daily limit of 0"),
    "cap below": ((replace(AUTOMATIC, daily_cap=Decimal(-1)), LAST), "The daily limit must be"),
    "cap for people": ((rule(1, "0", "5", daily_cap=Decimal(9)), LAST), "Only a rule without"),
    "condition": ((rule(1, conditions=frozenset({"new_moon"})), LAST), "is no condition"),
    "gap": ((rule(1, "0", "5", steps=(step(1), step(3))), LAST), "numbered 1, 2, 3"),
    "from 2": ((rule(1, "0", "5", steps=(step(2),)), LAST), "numbered 1, 2, 3"),
    "covered": ((rule(1, "0", "500"), rule(2, "100", "500"), LAST), "“R2” is never reached: “R1”"),
    "covered last": ((rule(1), LAST), "“R99” is never reached: “R1” stands before it"),
    "covered kind": (
        (rule(1, "0", "9"), rule(2, "0", "9", kinds=frozenset({"refund"})), LAST), "“R2” is never"
    ),
    "covered condition": (
        (rule(1, "0", "9"), rule(2, "0", "9", conditions=frozenset({"repeated"})), LAST),
        "“R2” is never reached",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_policy_is_told_why(name: str) -> None:
    rules, told = REFUSED[name]
    assert told in why_not_policy(rules)


@pytest.mark.parametrize(("wrong", "told"), [
    (step(role="treasurer"), "Step 1: Only lead or controller or executive approve."),
    (step(mode="some"), "Say whether any, all or so many people decide."),
    (step(mode=QUORUM), "So many people are at least 2."),
    (step(mode=QUORUM, count=21), "Give from 1 to 20 people."),
    (step(mode=ALL, count=0), "Give from 1 to 20 people."),
    (step(count=2), "Any one of them is 1 person."),
    (step(hours=0), "Give from 1 to 2160 hours, or none."),
    (step(escalate_to="controller"), "Say after how many hours"),
    (step(hours=8, escalate_to="lead"), "goes to a higher role"),
    (step(hours=8, escalate_to="agent"), "goes to a higher role"),
    (step(role="executive", hours=8, escalate_to="controller"), "goes to a higher role"),
    (step(least_limit=Decimal("0.001")), "The least limit has more decimal places"),
])  # fmt: skip
def test_a_wrong_step_is_told(wrong: Step, told: str) -> None:
    assert told in why_not_policy((replace(LAST, steps=(wrong,)),))


def test_yen_have_no_decimal_places() -> None:
    assert "which has no decimal places" in why_not_policy((rule(1, "0", "5.5"), LAST), places=0)
    assert why_not_policy((rule(1, "0", "5.555"), LAST), places=3) == ""


def test_conditions_are_told_in_sentences() -> None:
    assert all(sentence.endswith(".") for sentence in CONDITIONS.values())


def test_steps_are_told_in_words() -> None:
    said = [str(step()), str(step(mode=ALL)), str(step(mode=QUORUM, count=2, role="executive"))]
    assert said == ["lead", "every lead", "2 times executive"]


@some.composite
def rules_at(draw: Any, places: int) -> tuple[Rule, ...]:
    """Rules of any kind, made as people might; whether they are a policy is asked afterwards."""
    unit, found = Decimal(1).scaleb(-places), []
    for priority in range(1, draw(some.integers(1, 6))):
        low = draw(some.integers(0, 40)) * unit
        high = draw(some.none() | some.integers(1, 30))
        is_automatic = high is not None and draw(some.booleans())
        found.append(
            Rule(
                priority=priority * draw(some.sampled_from([1, 10, 100])),
                kinds=frozenset(draw(some.sets(some.sampled_from(KINDS)))),
                minimum=low,
                maximum=None if high is None else low + high * unit,
                conditions=frozenset(draw(some.sets(some.sampled_from(sorted(CONDITIONS)[:2])))),
                daily_cap=100 * unit if is_automatic else None,
                steps=() if is_automatic else (step(),),
            )
        )
    return (*found, rule(10_000))


def cases(rules: tuple[Rule, ...], unit: Decimal) -> list[Case]:
    ends = {end for each in rules for end in (each.minimum, each.maximum) if end is not None}
    amounts = {end + offset for end in ends | {Decimal(0)} for offset in (-unit, 0 * unit, unit)}
    names = sorted(CONDITIONS)[:2]
    present = list(chain.from_iterable(combinations(names, size) for size in range(3)))
    return [
        Case(kind, amount, frozenset(conditions))
        for kind in (*KINDS, "unheard_of") for amount in sorted(amounts) if amount >= 0
        for conditions in present
    ]  # fmt: skip


def takes(each: Rule, case: Case) -> bool:
    """Said again, without the words of the module."""
    if each.kinds and case.kind not in each.kinds:
        return False
    if each.conditions - case.conditions or case.amount < each.minimum:
        return False
    return not (each.maximum is not None and case.amount >= each.maximum)


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
@settings(max_examples=60, deadline=None)
@given(data=some.data())
def test_exactly_one_rule_answers_and_it_is_the_first_that_fits(
    places: int, data: some.DataObject
) -> None:
    rules = data.draw(rules_at(places))
    assume(not why_not_policy(rules, places))

    for case in cases(rules, Decimal(1).scaleb(-places)):
        found = matching(rules, case)
        fitting = sorted(each.priority for each in rules if takes(each, case))
        assert [found.priority] == fitting[:1]


@settings(max_examples=60, deadline=None)
@given(data=some.data())
def test_a_rule_that_is_never_reached_is_one_that_no_case_finds(data: some.DataObject) -> None:
    rules = data.draw(rules_at(2))
    assume("is never reached" in (told := why_not_policy(rules)))
    (name,) = [each for each in rules if told.startswith(f"“{each}” is never")]

    answers = {matching(rules, case).priority for case in cases(rules, Decimal("0.01"))}
    assert name.priority not in answers
