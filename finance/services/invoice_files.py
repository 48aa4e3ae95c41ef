"""What a CSV file says of invoices or payments: each row is read, judged and, where it is wrong,
rejected by its line and the reason. Nothing here writes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Q
from django.db.models.functions import Lower

from finance.models import Account, CostCentre, Invoice, InvoiceImport, InvoicePayment, TaxCode
from finance.roles import FinanceRefused, refuse
from finance.services import invoices, payments
from finance.services.invoices import Charge, Issued
from finance.services.payments import Paid
from requests_app import currencies
from requests_app.models import Customer, Entity

Coded = TypeVar("Coded", Account, CostCentre, TaxCode)
MOST_BYTES, MOST_ROWS = 1_000_000, 2_000
HEAD = ("number", "customer", "currency", "issued_on", "due_on", "reference", "external_key")
LINE = ("text", "quantity", "net", "tax_code", "tax", "account", "cost_centre", "project")
OPTIONAL = frozenset((
    "reference", "external_key", "quantity", "tax_code", "tax", "cost_centre", "project",
    "instrument",
))  # fmt: skip
COLUMNS = {
    InvoiceImport.Kind.INVOICES: (*HEAD, *LINE),
    InvoiceImport.Kind.PAYMENTS: (
        "invoice", "paid_on", "currency", "amount", "kind", "instrument", "reference", "key",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row of the file, by its last line in it."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Rejected:
    line: int
    reason: str


@dataclass
class Found:
    """What a file holds that can be written down, and what cannot."""

    rows: int
    invoices: list[tuple[int, Issued, list[Charge]]] = field(default_factory=list)
    payments: list[tuple[int, Invoice, Paid]] = field(default_factory=list)
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def added(self) -> int:
        return len(self.invoices) + len(self.payments)

    def totals(self) -> dict[str, Decimal]:
        """By currency, what would be added."""
        sums: dict[str, Decimal] = {}
        for currency, amount in self.amounts():
            sums[currency] = sums.get(currency, Decimal(0)) + amount
        return dict(sorted(sums.items()))

    def amounts(self) -> Iterator[tuple[str, Decimal]]:
        for _, issued, charges in self.invoices:
            for charge in charges:
                yield issued.currency, charge.net + invoices.tax_in(charge, issued.currency)
        for _, invoice, paid in self.payments:
            yield invoice.currency, paid.amount


def rows_of(content: bytes, kind: str) -> list[Row]:
    """The rows of a file; refuses one that is no such file at all."""
    columns = COLUMNS[InvoiceImport.Kind(kind)]
    reader = csv.DictReader(io.StringIO(text_of(content), newline=""), strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        refuse(why_not_columns(names, columns))
        reader.fieldnames = names
        found = [Row(reader.line_num, cells(row, columns)) for row in reader]
    except csv.Error as wrong:
        raise FinanceRefused(f"Line {reader.line_num} is no CSV: {wrong}.") from None
    if not 1 <= len(found) <= MOST_ROWS:
        refuse(f"The file has {len(found)} rows. Give between one and {MOST_ROWS}.")
    return found


def text_of(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        refuse("The file is larger than 1 MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FinanceRefused("The file is no UTF-8 text. Save it as CSV in UTF-8.") from None
    if "\0" in text:
        refuse("The file is no text. Save it as CSV in UTF-8.")
    return text


def why_not_columns(names: Sequence[str], columns: Sequence[str]) -> str:
    missing = [name for name in columns if name not in names and name not in OPTIONAL]
    if missing:
        return f"The first line must name {', '.join(columns)}. There is no column {missing[0]}."
    unknown = [name for name in names if name not in columns]
    if unknown:
        return f"There is no use for a column “{unknown[0]}”. Known are {', '.join(columns)}."
    twice = [name for name in names if names.count(name) > 1]
    return f"The column {twice[0]} stands twice." if twice else ""


def cells(row: dict[Any, Any], columns: Sequence[str]) -> dict[str, str]:
    found = {name: (row.get(name) or "").strip() for name in columns}
    return found | ({"": "more"} if None in row else {})


def read(entity: Entity, kind: str, content: bytes) -> Found:
    """What a file says, judged against what stands in the books of the entity."""
    rows = rows_of(content, kind)
    found = Found(len(rows))
    if kind == InvoiceImport.Kind.INVOICES:
        Invoices(entity, rows, found).read()
    else:
        Payments(entity, rows, found).read()
    return found


class Wrong(ValueError):
    """What is wrong on a line of its own."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def attempt(found: Found, line: int, act: Callable[[], None]) -> None:
    """Where it is wrong is told by the line that is, or else by the first of what was read."""
    try:
        act()
    except ValueError as wrong:
        at = wrong.line if isinstance(wrong, Wrong) else line
        found.rejected.append(Rejected(at, str(wrong)))


@contextmanager
def at_line(line: int) -> Iterator[None]:
    try:
        yield
    except ValueError as wrong:
        raise Wrong(line, str(wrong)) from None


def need(refusal: str) -> None:
    if refusal:
        raise ValueError(refusal)


class Invoices:
    """The invoices of a file: rows of one number are lines of one invoice."""

    def __init__(self, entity: Entity, rows: list[Row], found: Found) -> None:
        self.entity, self.found = entity, found
        self.groups: dict[str, list[Row]] = {}
        for row in rows:
            self.groups.setdefault(row.cells["number"], []).append(row)
        self.accounts = {each.code: each for each in Account.objects.filter(entity=entity)}
        self.centres = {each.code: each for each in CostCentre.objects.filter(entity=entity)}
        self.tax_codes = {each.code: each for each in TaxCode.objects.filter(entity=entity)}
        self.customers = customers_of(entity, {row.cells["customer"] for row in rows})
        self.keys: set[str] = set()

    def read(self) -> None:
        for rows in self.groups.values():
            attempt(self.found, rows[0].line, lambda rows=rows: self.read_one(rows))  # type: ignore[misc]

    def read_one(self, rows: list[Row]) -> None:
        issued = self.issued(rows)
        charges = []
        for row in rows:
            with at_line(row.line):
                need("The row has more values than columns." if "" in row.cells else "")
                charges.append(self.charge(row.cells))
                need(invoices.why_not_charge(issued, charges[-1]))
        need(invoices.why_not_charges(issued, charges))
        self.found.invoices.append((rows[0].line, issued, charges))

    def issued(self, rows: list[Row]) -> Issued:
        first = rows[0].cells
        for row in rows[1:]:
            other = [name for name in HEAD if row.cells[name] != first[name]]
            if other:
                raise Wrong(row.line, f"It has another {other[0]} than the lines above of the same "
                            "number.")  # fmt: skip
        made = Issued(
            entity=self.entity, customer=self.customer(first["customer"]), number=first["number"],
            currency=first["currency"], issued_on=day(first["issued_on"]),
            due_on=day(first["due_on"]), reference=first["reference"],
            external_key=first["external_key"],
        )  # fmt: skip
        need(invoices.why_not_issued(made))
        if made.external_key:
            need(f"The key {made.external_key} stands twice in the file."
                 if made.external_key in self.keys else "")  # fmt: skip
            self.keys.add(made.external_key)
        return made

    def customer(self, named: str) -> Customer:
        found = self.customers.get(named.lower(), []) if named else []
        if len(found) == 1:
            return found[0]
        need(f"“{named}” is the number or e-mail of {'several' if found else 'no'} customers of "
             f"{self.entity.code}.")  # fmt: skip
        raise AssertionError("need() raises")

    def charge(self, given: dict[str, str]) -> Charge:
        return Charge(
            text=given["text"], net=amount(given["net"]), account=self.account(given["account"]),
            tax_code=known(self.tax_codes, given["tax_code"], "tax code"),
            tax=amount(given["tax"]) if given["tax"] else None,
            cost_centre=known(self.centres, given["cost_centre"], "cost centre"),
            project=given["project"],
            quantity=amount(given["quantity"]) if given["quantity"] else None,
        )  # fmt: skip

    def account(self, code: str) -> Account:
        found = known(self.accounts, code, "account")
        if found is None:
            raise ValueError("Give the account.")
        return found


class Payments:
    """The payments of a file, each with a key of its own by which it comes once."""

    def __init__(self, entity: Entity, rows: list[Row], found: Found) -> None:
        self.entity, self.rows, self.found = entity, rows, found
        own = Invoice.objects.filter(entity=entity).select_related("entity")
        numbers = {row.cells["invoice"] for row in rows}
        self.invoices = {each.number: each for each in own.filter(number__in=numbers)}
        keys = {row.cells["key"] for row in rows}
        stored = InvoicePayment.objects.filter(entity=entity, key__in=keys)
        self.stored = {each.key: each for each in stored.select_related("invoice")}
        self.keys: set[str] = set()

    def read(self) -> None:
        for row in self.rows:
            attempt(self.found, row.line, lambda row=row: self.read_one(row))  # type: ignore[misc]

    def read_one(self, row: Row) -> None:
        given = row.cells
        need("The row has more values than columns." if "" in given else "")
        invoice = self.invoices.get(given["invoice"])
        if invoice is None:
            raise ValueError(f"There is no invoice “{given['invoice']}” in {self.entity.code}.")
        if given["currency"] != invoice.currency:
            raise ValueError(f"{invoice} is in {invoice.currency}, not in “{given['currency']}”.")
        need("Give the key by which this payment comes once." if not given["key"] else "")
        need(f"The key {given['key']} stands twice in the file."
             if given["key"] in self.keys else "")  # fmt: skip
        self.keys.add(given["key"])
        self.take(row, invoice, Paid(
            paid_on=day(given["paid_on"]), amount=amount(given["amount"]), kind=given["kind"],
            instrument=given["instrument"], reference=given["reference"], key=given["key"],
        ))  # fmt: skip

    def take(self, row: Row, invoice: Invoice, paid: Paid) -> None:
        need("A void invoice takes no payment." if invoice.status == "void" else "")
        need(payments.why_not_paid(invoice, paid))
        stored = self.stored.get(paid.key)
        if stored is None:
            self.found.payments.append((row.line, invoice, paid))
            return
        need(payments.why_not_again(stored, payments.payment_of(invoice, paid)))
        self.found.known += 1


def customers_of(entity: Entity, named: set[str]) -> dict[str, list[Customer]]:
    """By their number in the other system and by e-mail, both in small letters."""
    small = {each.lower() for each in named if each}
    rows = Customer.objects.standing().filter(entity=entity).annotate(
        small_email=Lower("email"), small_reference=Lower("reference")
    ).filter(Q(small_email__in=small) | Q(small_reference__in=small))  # fmt: skip
    found: dict[str, list[Customer]] = {}
    for each in rows:
        for key in {each.email.lower(), each.reference.lower()} & small:
            found.setdefault(key, []).append(each)
    return found


def known(rows: dict[str, Coded], code: str, word: str) -> Coded | None:
    if code and code not in rows:
        raise ValueError(f"There is no {word} “{code}”.")
    return rows.get(code)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no day. Give it like 2026-09-15.") from None


def amount(text: str) -> Decimal:
    found = currencies.parsed(text)
    if found is None:
        raise ValueError(f"“{text}” is no amount. Give it in digits, for example 1250.00.")
    return found
