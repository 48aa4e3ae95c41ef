"""Pseudonyms: one for each customer, always the same, and nobody's without the key."""

from __future__ import annotations

from typing import Any

import pytest

from requests_app.customers.pseudonyms import ALPHABET, LARGEST, customer_of, pseudonym


@pytest.fixture(autouse=True)
def one_key(settings: Any) -> None:
    settings.PSEUDONYM_KEY = "a key of these tests"


def test_a_pseudonym_is_the_same_every_time_and_reads_like_a_number() -> None:
    found = pseudonym(1, 17)
    assert found == pseudonym(1, 17)
    assert found.startswith("C-")
    assert len(found) == 10
    assert set(found[2:]) <= set(ALPHABET)


def test_no_two_customers_share_one_and_neighbours_do_not_look_alike() -> None:
    found = [pseudonym(1, number) for number in range(5_000)]
    assert len(set(found)) == 5_000
    assert len({each[2:6] for each in found}) > 4_900


def test_it_differs_by_entity_and_by_key(settings: Any) -> None:
    first = pseudonym(1, 17)
    assert pseudonym(2, 17) != first
    settings.PSEUDONYM_KEY = "another key"
    assert pseudonym(1, 17) != first


@pytest.mark.parametrize("number", [0, 1, 17, 2**20, LARGEST])
def test_who_has_the_key_finds_the_customer(number: int) -> None:
    code = pseudonym(3, number)
    assert customer_of(3, code) == number
    assert customer_of(3, f"customer {code.lower()} ") == number
    assert customer_of(4, code) != number


@pytest.mark.parametrize("text", ["", "C-", "C-7F3K9Q2", "C-7F3K9Q2MX", "C-UUUUUUUU", "Harbor"])
def test_what_has_not_the_form_of_one_is_none(text: str) -> None:
    assert customer_of(1, text) is None


def test_a_number_of_more_than_40_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="40 bits"):
        pseudonym(1, LARGEST + 1)
