"""Names for customers whose own is not shown: the same one as long as the key is, and nobody's
without it.

A keyed permutation of the customer's number, in Feistel rounds of HMAC-SHA-256: no two customers of
an entity share a pseudonym, and who has the key finds the customer of one without a table.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U
HALF, ROUNDS, LENGTH = 20, 6, 8  # bits of a half, rounds, characters: 40 bits in all
MASK = (1 << HALF) - 1
LARGEST = (1 << 2 * HALF) - 1


def pseudonym(entity_id: int, customer_id: int) -> str:
    """For example "C-7F3K9Q2M"."""
    if not 0 <= customer_id <= LARGEST:
        raise ValueError("a customer's number has at most 40 bits")
    left, right = customer_id >> HALF, customer_id & MASK
    for step in range(ROUNDS):
        left, right = right, left ^ scrambled(entity_id, step, right)
    return f"C-{written(left << HALF | right)}"


def customer_of(entity_id: int, text: str) -> int | None:
    """The number of the customer with this pseudonym, if it has the form of one."""
    code = text.strip().upper().removeprefix("CUSTOMER ").removeprefix("C-")
    if len(code) != LENGTH or set(code) - set(ALPHABET):
        return None
    number = 0
    for character in code:
        number = number << 5 | ALPHABET.index(character)
    left, right = number >> HALF, number & MASK
    for step in reversed(range(ROUNDS)):
        left, right = right ^ scrambled(entity_id, step, left), left
    return left << HALF | right


def written(number: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def scrambled(entity_id: int, step: int, half: int) -> int:
    message = f"pseudonym:{entity_id}:{step}:{half}".encode()
    digest = hmac.digest(settings.PSEUDONYM_KEY.encode(), message, hashlib.sha256)
    return int.from_bytes(digest[:4], "big") & MASK
