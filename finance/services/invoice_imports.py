"""Invoices and payments from a CSV file: looked through first, then written down whole or not at
all, and the same file never twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from audit.actors import Actor
from audit.recording import recording
from finance.models import InvoiceImport
from finance.roles import FinanceRefused, refuse
from finance.services import invoice_files, invoices, payments
from finance.services.invoice_files import Found
from requests_app.models import Entity

SHOWN = 100  # rejected rows


@dataclass(frozen=True)
class Preview:
    """What an import would do."""

    kind: str
    sha256: str
    found: Found
    refusal: str


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def preview(*, entity: Entity, kind: str, content: bytes, by: Actor) -> Preview:
    """Judges a file and writes nothing. Refuses one that could not even be read."""
    refuse(invoices.why_not_enter(by, entity))
    refuse(why_not_file(entity, kind, content))
    found = invoice_files.read(entity, kind, content)
    return Preview(kind, digest(content), found, why_not_found(found))


def import_file(
    *, entity: Entity, kind: str, content: bytes, name: str, by: Actor
) -> InvoiceImport:
    """Writes down all of a file, each invoice or payment by an event of its own, or nothing."""
    file = InvoiceImport(
        entity=entity, kind=kind, name=name.strip()[-200:], sha256=digest(content), rows=0, added=0,
        imported_by=by.person,
    )  # fmt: skip
    judged: list[Found] = []

    def read() -> None:
        invoices.hold(entity, f"import/{file.sha256}")
        refuse(invoices.why_not_enter(by, entity))
        refuse(why_not_file(entity, kind, content))
        judged.append(invoice_files.read(entity, kind, content))
        file.rows, file.added = judged[0].rows, judged[0].added

    detail: dict[str, object] = {"file_sha256": file.sha256, "kind": kind}
    with recording("invoice.imported", by=by, subject=file, detail=detail, before=read):
        refuse(why_not_found(judged[0]))
        file.save()
        write(judged[0], file, by)
    return file


def write(found: Found, file: InvoiceImport, by: Actor) -> None:
    for line, issued, charges in found.invoices:
        head = replace(issued, imported_in=file)
        at(line, lambda head=head, charges=charges: invoices.enter(head, charges, by=by))  # type: ignore[misc]
    for line, invoice, paid in found.payments:
        own = replace(paid, imported_in=file)
        at(line, lambda invoice=invoice, own=own: payments.record_payment(  # type: ignore[misc]
            invoice=invoice, paid=own, by=by))  # fmt: skip


def at(line: int, act: Callable[[], object]) -> None:
    """What stood otherwise a moment ago is told by its line, too."""
    try:
        act()
    except FinanceRefused as refusal:
        raise FinanceRefused(f"Line {line}: {refusal}") from refusal


def why_not_file(entity: Entity, kind: str, content: bytes) -> str:
    if kind not in InvoiceImport.Kind.values:
        return f"“{kind}” is none of {', '.join(InvoiceImport.Kind.values)}."
    before = InvoiceImport.objects.filter(entity=entity, sha256=digest(content)).first()
    if before is None:
        return ""
    return f"This very file was imported already, as {before}. What it held stands."


def why_not_found(found: Found) -> str:
    """A file is written down whole, so nothing of it may be wrong."""
    if found.rejected:
        first = found.rejected[0]
        more = f" {len(found.rejected) - 1} more are wrong." if len(found.rejected) > 1 else ""
        return f"Line {first.line}: {first.reason}{more} Nothing was imported."
    if not found.added:
        return "All of it stands already. There is nothing to import."
    return ""
