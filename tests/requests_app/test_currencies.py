"""Amounts as people type and read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from requests_app import currencies


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("25,000.00", "25000.00"), ("25000", "25000"), (" 7.5 ", "7.5"), ("0.01", "0.01"),
        ("1,234,567.8", "1234567.8"),
    ],
)  # fmt: skip
def test_amounts_are_read_exactly(typed: str, amount: str) -> None:
    assert currencies.parsed(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "x", "1e5", "NaN", "Infinity", "-1", "+1", "1.", ".5", "12,34.00", "1,2345", "٣"]
)
def test_what_is_no_plain_amount_is_not_guessed(typed: str) -> None:
    assert currencies.parsed(typed) is None


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("25000.0000", "USD", "USD 25,000.00"),
        ("1250.0000", "JPY", "JPY 1,250"),
        ("7.5000", "KWD", "KWD 7.500"),
        ("1.2345", "USD", "USD 1.2345"),
        ("1000.5000", "JPY", "JPY 1,000.5"),
    ],
)
def test_amounts_are_shown_at_their_scale_and_never_rounded(
    amount: str, currency: str, words: str
) -> None:
    assert currencies.shown(Decimal(amount), currency) == words


def test_no_amount_is_no_words() -> None:
    assert currencies.shown(None, "USD") == ""
