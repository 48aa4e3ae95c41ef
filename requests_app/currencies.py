"""Pure: amounts as people type and read them, at the scale of their currency (ISO 4217)."""

from __future__ import annotations

import re
from decimal import Decimal

USUAL_SCALE = 2
NO_PLACES = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
THREE_PLACES = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
FOUR_PLACES = ("CLF", "UYW")
SCALES = (
    dict.fromkeys(NO_PLACES, 0) | dict.fromkeys(THREE_PLACES, 3) | dict.fromkeys(FOUR_PLACES, 4)
)
LARGEST = Decimal(10) ** 15  # what the column holds

_CODE = re.compile(r"[A-Z]{3}")
# Thousands may be parted by commas, as pages show them, and then all of them are.
_AMOUNT = re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")


def scale(currency: str) -> int:
    """How many decimal places its amounts have."""
    return SCALES.get(currency, USUAL_SCALE)


def why_not_currency(code: str) -> str:
    if _CODE.fullmatch(code):
        return ""
    return "Give the currency as three letters, for example USD."


def parsed(text: str) -> Decimal | None:
    """The number a person typed, exactly; None where it is not one."""
    bare = text.strip()
    return Decimal(bare.replace(",", "")) if _AMOUNT.fullmatch(bare) and len(bare) < 40 else None


def why_not_amount(amount: Decimal | None, currency: str) -> str:
    """Why an amount of money cannot be claimed; empty if it can."""
    places = scale(currency)
    example = f"{Decimal(1250):.{places}f}"
    if amount is None:
        return (
            f"Give the amount in digits, with a point before the decimals, for example {example}."
        )
    if amount <= 0:
        return "The amount must be more than zero."
    if amount >= LARGEST:
        return "The amount is larger than any that can be kept."
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        allowed = {0: "no decimal places", 1: "one decimal place"}.get(
            places, f"at most {places} decimal places"
        )
        return f"{currency} has {allowed}, for example {example}."
    return ""


def at_scale(amount: Decimal, currency: str) -> Decimal:
    """With the currency's places; stored places beyond them are kept, never rounded away."""
    least = Decimal(1).scaleb(-scale(currency))
    return amount.quantize(least) if amount == amount.quantize(least) else amount.normalize()


def shown(amount: Decimal | None, currency: str) -> str:
    """For example "USD 25,000.00"."""
    return "" if amount is None else f"{currency} {at_scale(amount, currency):,f}".strip()
