"""Accounts, cost centres and tax codes: added, renamed, given a first and a last day."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from audit.actors import Actor
from audit.recording import recording
from audit.standing import Standing, refuse_stale
from finance.models import Account, CostCentre, JournalLine, TaxCode
from finance.roles import KEEPS_CHART, refuse, why_not
from requests_app.models import Entity

Row = TypeVar("Row", Account, CostCentre, TaxCode)
KINDS: dict[type[Any], str] = {
    Account: "account", CostCentre: "cost_centre", TaxCode: "tax_code",
}  # fmt: skip
# What entries were judged by stays: another rate, kind or tax account is another code.
STAYS = ("code", "rate", "account", "kind")


def add(row: Row, *, by: Actor, reason: str = "") -> Row:
    """``row`` is not saved yet; its entity says where the actor needs the role."""
    with recording(f"{KINDS[type(row)]}.added", by=by, subject=row, reason=reason):
        refuse(why_not_keep(by, row.entity))
        check(row)
        row.save()
    return row


def change(
    row: Row, *, by: Actor, reason: str, seen: Standing | None = None, **columns: Any
) -> Row:
    """Its name, its days, what it takes. What was posted stays as it is."""
    with recording(
        f"{KINDS[type(row)]}.changed", by=by, subject=row, reason=reason, locked=True
    ) as event:  # fmt: skip
        refuse(why_not_keep(by, row.entity))
        refuse_stale(row, seen, by)
        refuse(why_not_columns(columns))
        if all(getattr(row, name) == value for name, value in columns.items()):
            event.discard()
        for name, value in columns.items():
            setattr(row, name, value)
        check(row)
        refuse(why_not_end(row))
        row.save(update_fields=list(columns))
    return row


def check(row: Account | CostCentre | TaxCode) -> None:
    """What its columns refuse, in words."""
    try:
        row.full_clean()
    except ValidationError as error:
        refuse(" ".join(error.messages))


def why_not_keep(by: Actor, entity: Entity) -> str:
    return why_not(by, entity, KEEPS_CHART, "Keeping the accounts")


def why_not_columns(columns: dict[str, Any]) -> str:
    fixed = sorted(set(columns) & set(STAYS))
    if not fixed:
        return ""
    return f"The {fixed[0]} stays, since entries were judged by it. End this one and add another."


def why_not_end(row: Account | CostCentre | TaxCode) -> str:
    """Why its days may not be drawn so: entries stand outside of them."""
    last = latest_posting(row)
    if row.ends_on is None or last is None or last <= row.ends_on:
        return ""
    return f"{row} has an entry on {last.isoformat()}. Its last day cannot be before that."


def latest_posting(row: Account | CostCentre | TaxCode) -> date | None:
    name = KINDS[type(row)]
    lines = JournalLine.objects.filter(**{name: row}).order_by("-entry__posting_date")
    found: date | None = lines.values_list("entry__posting_date", flat=True).first()
    return found
