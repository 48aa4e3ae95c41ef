"""A payment names its card or account by the last digits; whole numbers are refused."""

from __future__ import annotations

import pytest

from finance import instruments


@pytest.mark.parametrize("text", [
    "", "card ending 4242", "DE.. 3000", "Visa •••• 4242", "account ending 3000", "12-345-678",
    "424242******4242",
])  # fmt: skip
def test_the_last_digits_are_enough(text: str) -> None:
    assert instruments.why_not_instrument(text) == ""


@pytest.mark.parametrize("text", [
    "4242 4242 4242 4242", "4242424242424242", "paid by 4242-4242-4242-4242.", "378282246310005",
])  # fmt: skip
def test_a_whole_card_number_is_refused(text: str) -> None:
    told = "That is a whole card number. Give its last four digits, for example “card ending 4242”."
    assert instruments.why_not_instrument(text) == told
    assert instruments.why_not_kept(text) == told


@pytest.mark.parametrize("text", [
    "DE89370400440532013000", "de89 3704 0044 0532 0130 00", "from GB82 WEST 1234 5698 7654 32 now",
])  # fmt: skip
def test_a_whole_iban_is_refused(text: str) -> None:
    told = "That is a whole IBAN. Give its last four digits, for example “DE.. 3000”."
    assert instruments.why_not_instrument(text) == told
    assert instruments.why_not_kept(text) == told


def test_a_whole_account_number_is_refused_as_an_instrument_alone() -> None:
    told = "That is a whole account number. Give its last four digits, for example “account ending 3000”."  # noqa: E501
    assert instruments.why_not_instrument("021000021 123456789") == told
    assert instruments.why_not_kept("Remittance 021000021 123456789") == ""


@pytest.mark.parametrize("text", ["RF18 5390 0754 7034", "4242 4242 4242 4243", "INV-2026-000417"])
def test_other_numbers_may_be_references(text: str) -> None:
    assert instruments.why_not_kept(text) == ""
