"""Pure: what of an invoice is paid, credited and given back, and what may still be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NOTHING = Decimal(0)
# How an invoice stands, in one word: its own status, or what was paid and credited.
STATES = {
    "issued": "Open", "partially_paid": "Partly paid", "paid": "Paid", "overpaid": "Overpaid",
    "partially_credited": "Partly credited", "credited": "Credited", "disputed": "Disputed",
    "void": "Void", "written_off": "Written off",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What an invoice charges at a position."""

    position: int
    net: Decimal
    tax: Decimal = NOTHING

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True)
class Part:
    """What was credited, or given back, of one line; ``tax`` is how much of the amount is tax."""

    position: int
    amount: Decimal
    tax: Decimal = NOTHING


@dataclass(frozen=True)
class Balance:
    """``open`` is what the customer owes, below zero what is owed to them. ``creditable`` is what
    may still be credited, ``refundable`` what of their money may still be given back."""

    gross: Decimal
    net: Decimal
    tax: Decimal
    paid: Decimal
    credited: Decimal
    refunded: Decimal
    reserved: Decimal
    creditable_of: Mapping[int, Decimal]
    refundable: Decimal

    @property
    def open(self) -> Decimal:
        return self.gross - self.credited - self.paid + self.refunded

    @property
    def creditable(self) -> Decimal:
        return sum(self.creditable_of.values(), NOTHING)


@dataclass(frozen=True)
class Split:
    """How an amount is credited: first what is owed, then what is given back."""

    to_open: Decimal
    rest: Decimal


def balance(
    lines: Sequence[Line], payments: Iterable[Decimal] = (), *, credited: Iterable[Part] = (),
    refunded: Iterable[Part] = (), reserved: Iterable[Part] = (),
    refunds_reserved: Decimal = NOTHING,
) -> Balance:  # fmt: skip
    """``reserved`` is what drafts hold back: it may not be credited again, and is not yet."""
    given, drafts = list(credited), list(reserved)
    back, paid = total(refunded), sum(payments, NOTHING)
    taken = by_position([*given, *drafts])
    return Balance(
        gross=sum((line.gross for line in lines), NOTHING),
        net=sum((line.net for line in lines), NOTHING),
        tax=sum((line.tax for line in lines), NOTHING),
        paid=paid, credited=total(given), refunded=back, reserved=total(drafts),
        creditable_of={
            line.position: line.gross - taken.get(line.position, NOTHING) for line in lines
        },
        refundable=paid - back - refunds_reserved,
    )  # fmt: skip


def state_of(status: str, found: Balance) -> str:
    """One of STATES. What was decided about an invoice says more than what was paid."""
    if status != "issued":
        return status
    if found.credited:
        return "credited" if found.credited >= found.gross else "partially_credited"
    if found.paid >= found.gross:
        return "paid" if found.paid == found.gross else "overpaid"
    return "partially_paid" if found.paid else "issued"


def total(parts: Iterable[Part]) -> Decimal:
    return sum((part.amount for part in parts), NOTHING)


def by_position(parts: Iterable[Part]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for part in parts:
        found[part.position] = found.get(part.position, NOTHING) + part.amount
    return found


def split(amount: Decimal, open_balance: Decimal) -> Split:
    """What reduces the open balance, and what is left for the customer."""
    to_open = min(amount, max(open_balance, NOTHING))
    return Split(to_open, amount - to_open)


def rounded(value: Fraction, places: int) -> Decimal:
    """Half to even, at so many places."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def tax_on(net: Decimal, rate: Decimal, places: int) -> Decimal:
    """The tax of a net amount by a rate in per cent."""
    return rounded(Fraction(net) * Fraction(rate) / 100, places)


def tax_of(
    lines: Sequence[Line], amounts: Mapping[int, Decimal], places: int,
    before: Iterable[Part] = (),
) -> dict[int, Decimal]:  # fmt: skip
    """How much of the amount credited of each line is tax: in proportion, and what rounding leaves
    over on the largest amount that can bear it. ``before`` is what was credited already: once a
    line is credited whole, so is its tax, to the last place."""
    shares = [
        share_of(line, amounts[line.position], before, places)
        for line in lines if amounts.get(line.position)
    ]  # fmt: skip
    wanted = rounded(sum((share.exact for share in shares), Fraction(0)), places)
    found = {share.position: share.clamped(rounded(share.exact, places)) for share in shares}
    left = wanted - sum(found.values(), NOTHING)
    for share in sorted(shares, key=lambda each: (-each.amount, each.position)):
        taken = share.clamped(found[share.position] + left)
        left -= taken - found[share.position]
        found[share.position] = taken
    return found


@dataclass(frozen=True)
class Share:
    """The tax within an amount: exactly, and the least and the most that it can be, so that neither
    net nor tax of the line is credited twice."""

    position: int
    amount: Decimal
    exact: Fraction
    least: Decimal
    most: Decimal

    def clamped(self, value: Decimal) -> Decimal:
        return min(max(value, self.least), self.most)


def share_of(line: Line, amount: Decimal, before: Iterable[Part], places: int) -> Share:
    own = [part for part in before if part.position == line.position]
    credited, taxed = total(own), sum((part.tax for part in own), NOTHING)
    tax_left, net_left = line.tax - taxed, line.net - (credited - taxed)
    if amount > tax_left + net_left:
        raise ValueError("more than the line has left")
    due = Fraction(line.tax) * Fraction(credited + amount) / Fraction(line.gross) - Fraction(taxed)
    return Share(
        line.position, amount, due, least=max(NOTHING, amount - net_left),
        most=min(amount, tax_left),
    )  # fmt: skip
