"""Amounts of money in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from requests_app import currencies

register = template.Library()


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    return currencies.shown(amount, currency)
