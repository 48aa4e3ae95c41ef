"""Amounts stand at the scale of their currency, and are never rounded to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from audit.diffs import FieldSpec, changes

AMOUNT = FieldSpec(
    "amount", "Amount", "money", currency="currency", places={"JPY": 0, "KWD": 3, "": 2}
)


@pytest.mark.parametrize(
    ("currency", "before", "after", "shown"),
    [
        ("USD", "25000.0000", "24750.5000", ("USD 25,000.00", "USD 24,750.50", "-249.50")),
        ("JPY", "1000.0000", "1250.0000", ("JPY 1,000", "JPY 1,250", "+250")),
        ("KWD", "1.5000", "1.7500", ("KWD 1.500", "KWD 1.750", "+0.250")),
        ("USD", "1.0000", "1.0050", ("USD 1.00", "USD 1.0050", "+0.0050")),
    ],
)
def test_an_amount_has_the_places_of_its_currency(
    currency: str, before: str, after: str, shown: tuple[str, str, str]
) -> None:
    [change] = changes(
        {"amount": Decimal(before), "currency": currency},
        {"amount": Decimal(after), "currency": currency},
        [AMOUNT],
    )
    assert (change.before, change.after, change.difference) == shown
