"""What of an invoice is open, creditable and refundable; and how its tax is taken back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finance.balances import Line, Part, balance, split, state_of, tax_of, tax_on
from requests_app import currencies

HEADLINE = [Line(1, Decimal("23148.15"), Decimal("1851.85"))]
# Rows are drawn one by one: on a busy machine that is slow, and no fault of what is tried.
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])


def test_an_invoice_that_is_paid_in_full_has_nothing_open() -> None:
    found = balance(HEADLINE, [Decimal("25000.00")])

    assert (found.gross, found.net, found.tax) == (
        Decimal("25000.00"), Decimal("23148.15"), Decimal("1851.85"),
    )  # fmt: skip
    assert (found.paid, found.open) == (Decimal("25000.00"), 0)
    assert (found.creditable, found.refundable) == (Decimal("25000.00"), Decimal("25000.00"))


def test_what_is_credited_and_not_yet_given_back_is_owed_to_the_customer() -> None:
    whole = Part(1, Decimal("25000.00"), Decimal("1851.85"))

    credited = balance(HEADLINE, [Decimal("25000.00")], credited=[whole])
    refunded = balance(HEADLINE, [Decimal("25000.00")], credited=[whole], refunded=[whole])

    assert (credited.open, credited.creditable, credited.refundable) == (-25000, 0, 25000)
    assert (refunded.open, refunded.creditable, refunded.refundable) == (0, 0, 0)


def test_drafts_hold_back_what_they_would_credit_line_by_line() -> None:
    lines = [Line(1, Decimal(100), Decimal(8)), Line(2, Decimal(50))]

    found = balance(
        lines, [Decimal(158)], credited=[Part(1, Decimal(8))],
        reserved=[Part(1, Decimal(90)), Part(2, Decimal(50))], refunds_reserved=Decimal(140),
    )  # fmt: skip

    assert found.creditable_of == {1: 10, 2: 0}
    assert (found.credited, found.reserved, found.refundable) == (8, 140, 18)


@pytest.mark.parametrize(("status", "paid", "credited", "state"), [
    ("issued", "0", "0", "issued"), ("issued", "1", "0", "partially_paid"),
    ("issued", "25000", "0", "paid"), ("issued", "25001", "0", "overpaid"),
    ("issued", "25000", "1", "partially_credited"), ("issued", "25000", "25000", "credited"),
    ("disputed", "25000", "0", "disputed"), ("void", "0", "0", "void"),
    ("written_off", "0", "25000", "written_off"),
])  # fmt: skip
def test_how_an_invoice_stands_is_told_in_one_word(
    status: str, paid: str, credited: str, state: str
) -> None:
    found = balance(HEADLINE, [Decimal(paid)], credited=[Part(1, Decimal(credited))])

    assert state_of(status, found) == state


@pytest.mark.parametrize(("amount", "open_balance", "to_open", "rest"), [
    ("100", "0", "0", "100"), ("100", "40", "40", "60"), ("100", "100", "100", "0"),
    ("100", "250", "100", "0"), ("100", "-30", "0", "100"),
])  # fmt: skip
def test_what_is_owed_is_reduced_first(
    amount: str, open_balance: str, to_open: str, rest: str
) -> None:
    found = split(Decimal(amount), Decimal(open_balance))

    assert (found.to_open, found.rest) == (Decimal(to_open), Decimal(rest))


def test_the_tax_of_the_worked_example() -> None:
    assert tax_on(Decimal("23148.15"), Decimal(8), 2) == Decimal("1851.85")
    assert tax_of(HEADLINE, {1: Decimal("25000.00")}, 2) == {1: Decimal("1851.85")}
    assert tax_of(HEADLINE, {1: Decimal("12500.00")}, 2) == {1: Decimal("925.92")}


def test_what_rounding_leaves_over_is_on_the_largest_line() -> None:
    """A third of a cent each, and one cent in all."""
    lines = [Line(place, Decimal("0.93"), Decimal("0.07")) for place in (1, 2, 3)]
    amounts = {1: Decimal("0.05"), 2: Decimal("0.06"), 3: Decimal("0.05")}

    assert tax_of(lines, amounts, 2) == {1: 0, 2: Decimal("0.01"), 3: 0}


def test_more_than_a_line_has_left_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="more than the line has left"):
        tax_of(HEADLINE, {1: Decimal("0.02")}, 2, [Part(1, Decimal("24999.99"))])


@st.composite
def invoices(draw: st.DrawFn) -> tuple[int, list[Line]]:
    places = currencies.scale(draw(CURRENCIES))
    amounts = st.integers(0, 10**7)
    lines = []
    for position in range(1, draw(st.integers(1, 6)) + 1):
        net = Decimal(draw(amounts)).scaleb(-places)
        rate = draw(st.sampled_from([Decimal(0), Decimal(7), Decimal("8.875"), Decimal(19)]))
        lines.append(Line(position, net, tax_on(net, rate, places)))
    return places, lines


def least(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def part_of(data: st.DataObject, line: Line, places: int, left: Decimal) -> Decimal:
    return Decimal(data.draw(st.integers(0, int(left.scaleb(places))))).scaleb(-places)


@unhurried
@given(invoices(), st.data())
def test_the_tax_taken_back_is_in_proportion_and_its_total_exact(
    invoice: tuple[int, list[Line]], data: st.DataObject
) -> None:
    places, lines = invoice
    amounts = {line.position: part_of(data, line, places, line.gross) for line in lines}

    found = tax_of(lines, amounts, places)

    exact = sum(
        (Fraction(line.tax) * Fraction(amounts[line.position]) / Fraction(line.gross)
         for line in lines if amounts[line.position]), Fraction(0),
    )  # fmt: skip
    assert abs(Fraction(sum(found.values(), Decimal(0))) - exact) <= Fraction(least(places)) / 2
    for line in lines:
        tax = found.get(line.position, Decimal(0))
        assert 0 <= tax <= line.tax
        assert 0 <= amounts[line.position] - tax <= line.net
        assert tax == tax.quantize(least(places))


@unhurried
@given(invoices(), st.data())
def test_credited_bit_by_bit_the_whole_tax_comes_back(
    invoice: tuple[int, list[Line]], data: st.DataObject
) -> None:
    places, lines = invoice
    before: list[Part] = []
    for is_last in (False, False, True):
        left = balance(lines, credited=before).creditable_of
        amounts = {
            line.position: left[line.position] if is_last
            else part_of(data, line, places, left[line.position]) for line in lines
        }  # fmt: skip
        taxes = tax_of(lines, amounts, places, before)
        before += [Part(key, amounts[key], tax) for key, tax in taxes.items()]

    for line in lines:
        own = [part for part in before if part.position == line.position]
        assert sum((part.amount for part in own), Decimal(0)) == line.gross
        assert sum((part.tax for part in own), Decimal(0)) == line.tax


@unhurried
@given(st.integers(1, 10**9), st.integers(-(10**9), 10**9), CURRENCIES)
def test_both_parts_of_a_split_sum_to_the_amount(amount: int, owed: int, currency: str) -> None:
    places = currencies.scale(currency)
    given_, open_balance = Decimal(amount).scaleb(-places), Decimal(owed).scaleb(-places)

    found = split(given_, open_balance)

    assert found.to_open + found.rest == given_
    assert 0 <= found.to_open <= max(open_balance, 0)
