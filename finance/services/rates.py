"""Exchange rates: imported as they were published, never edited, looked up by day."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from audit.actors import Actor
from audit.recording import recording
from finance.models import ExchangeRate
from finance.roles import KEEPS_CHART, FinanceRefused, refuse
from requests_app import currencies, people

COLUMNS = ("day", "base", "quoted", "rate")
MOST_BYTES = 10_000_000
PLACES = Decimal(1).scaleb(-12)
LARGEST = Decimal(10) ** 12
Key = tuple[date, str, str]


@dataclass(frozen=True)
class Imported:
    """How many rows a file had, and how many of them were new."""

    rows: int
    added: int


def import_rates(*, content: bytes, source: str, by: Actor) -> Imported:
    """Adds the rates of a CSV file with the columns day, base, quoted, rate: all of them or none.
    What stands already is left out; what stands otherwise refuses the file."""
    detail: dict[str, object] = {
        "source": source, "file_sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    new: list[ExchangeRate] = []

    def read() -> None:
        refuse(why_not_import(by) or why_not_source(source))
        rows = parsed(content, source)
        new.extend(unknown(rows, source))
        detail.update({"rows": len(rows), "added": len(new)})

    with recording("exchange_rate.imported", by=by, detail=detail, before=read) as event:
        if not new:
            event.discard()
        ExchangeRate.objects.bulk_create(new)
    return Imported(int(str(detail["rows"])), len(new))


def why_not_import(by: Actor) -> str:
    """Rates are of no entity: who keeps the accounts of one may import them for all."""
    if by.person is None or people.entities_of(by.person, KEEPS_CHART):
        return ""
    return "Importing exchange rates needs the role accountant or controller in an entity."


def why_not_source(source: str) -> str:
    if source.strip() and len(source) <= 60:
        return ""
    return "Name who published the rates, in at most 60 characters, for example ECB."


def parsed(content: bytes, source: str) -> list[ExchangeRate]:
    """The rates of a file, each once. A refusal names the first wrong line."""
    reader = csv.DictReader(io.StringIO(text_of(content), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        refuse(f"The first line must name {', '.join(COLUMNS)}. There is no column {missing[0]}.")
    found: dict[Key, ExchangeRate] = {}
    for row in reader:
        try:
            made = rate_of(row, source)
        except ValueError as wrong:
            raise FinanceRefused(f"Line {reader.line_num}: {wrong}") from None
        if found.setdefault(key_of(made), made).rate != made.rate:
            refuse(f"Line {reader.line_num}: {made} stands twice in the file, with two rates.")
    return list(found.values())


def text_of(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        refuse("The file is larger than 10 MB. Split it by year.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FinanceRefused("The file is no UTF-8 text. Save it as CSV in UTF-8.") from None


def key_of(rate: ExchangeRate) -> Key:
    return rate.day, rate.base, rate.quoted


def rate_of(row: dict[str, str | None], source: str) -> ExchangeRate:
    """Raises ValueError with a sentence."""
    base, quoted = ((row[name] or "").strip() for name in ("base", "quoted"))
    for code in (base, quoted):
        if currencies.why_not_currency(code):
            raise ValueError(f"“{code}” is no currency. Give three letters, for example USD.")
    if base == quoted:
        raise ValueError("The two currencies are the same.")
    return ExchangeRate(
        base=base, quoted=quoted, day=day_of(row["day"]), source=source, rate=number_of(row["rate"])
    )  # fmt: skip


def day_of(text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise ValueError(f"“{text}” is no day. Give it like 2026-09-15.") from None


def number_of(text: str | None) -> Decimal:
    try:
        rate = Decimal((text or "").strip())
    except InvalidOperation:
        raise ValueError(f"“{text}” is no rate. Give it in digits, for example 1.0854.") from None
    if not rate.is_finite() or not 0 < rate < LARGEST or rate != rate.quantize(PLACES):
        raise ValueError("A rate is more than zero and has at most 12 decimal places.")
    return rate


def unknown(rows: list[ExchangeRate], source: str) -> list[ExchangeRate]:
    """Those that do not stand yet. One that stands with another rate refuses the file."""
    days = [row.day for row in rows]
    between = (min(days, default=date.min), max(days, default=date.min))
    stored = ExchangeRate.objects.filter(source=source, day__range=between)
    known = {key_of(rate): rate.rate for rate in stored}
    for row in rows:
        if known.get(key_of(row), row.rate) != row.rate:
            refuse(
                f"{row} of {source} stands with another rate. Rates are never edited: import the "
                "right ones under another source, and say why in its name."
            )
    return [row for row in rows if key_of(row) not in known]


def rate_on(base: str, quoted: str, day: date, source: str) -> ExchangeRate | None:
    """The newest rate of a source on a day or before it; None if there is none."""
    rates = ExchangeRate.objects.filter(base=base, quoted=quoted, source=source, day__lte=day)
    return rates.order_by("-day").first()
