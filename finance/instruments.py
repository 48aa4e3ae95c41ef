"""Pure: what a payment was made with, told by its last digits. Whole numbers of cards and accounts
are not kept here, and so cannot be lost."""

from __future__ import annotations

import re

MOST_DIGITS = 8  # in a row; more of them is a number somebody could pay with
LAST_FOUR = "Give its last four digits, for example"
_DIGITS = re.compile(r"[0-9](?:[ .\-/]?[0-9])*")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ \-]?[0-9A-Z]){11,30}")


def why_not_instrument(text: str) -> str:
    """Why a payment cannot name its instrument so; empty if it can."""
    refusal = why_not_kept(text)
    if not refusal and any(len(run) > MOST_DIGITS for run in runs(text)):
        return f"That is a whole account number. {LAST_FOUR} “account ending 3000”."
    return refusal


def why_not_kept(text: str) -> str:
    """Why any text about a payment cannot be kept: it holds what somebody could pay with."""
    if any(is_iban(found) for found in ibans(text)):
        return f"That is a whole IBAN. {LAST_FOUR} “DE.. 3000”."
    if any(is_card(run) for run in runs(text)):
        return f"That is a whole card number. {LAST_FOUR} “card ending 4242”."
    return ""


def runs(text: str) -> list[str]:
    """Its digits, where nothing but what parts groups stands in between."""
    return [re.sub(r"[^0-9]", "", found) for found in _DIGITS.findall(text)]


def ibans(text: str) -> list[str]:
    """What looks like one, up to each gap: other words may follow. RF is a creditor's reference."""
    found = []
    for each in _IBAN.findall(text.upper()):
        groups = re.split(r"[ \-]", each)
        found += ["".join(groups[:count]) for count in range(1, len(groups) + 1)]
    return [each for each in found if len(each) >= 15 and not each.startswith("RF")]


def is_iban(text: str) -> bool:
    """By ISO 7064: the number it stands for leaves 1 when divided by 97."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def is_card(digits: str) -> bool:
    """By its length, the first digit of those that are issued, and the check digit (Luhn)."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "3456":
        return False
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    total = sum(map(int, digits[-1::-2])) + sum(each - 9 if each > 9 else each for each in doubled)
    return total % 10 == 0
