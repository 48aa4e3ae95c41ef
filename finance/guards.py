"""Which guards stand on which tables of money (audit/guards.py keeps them)."""

from __future__ import annotations

from pathlib import Path

from audit import guards
from audit.guards import Guard

SOURCE = Path(__file__).parent / "sql" / "journal.sql"
ENTRY, LINE = "finance_journalentry", "finance_journalline"
GUARDS = (
    Guard(ENTRY, "finance_judge", "finance_judge_entry", "BEFORE INSERT"),
    Guard(LINE, "finance_judge", "finance_judge_line", "BEFORE INSERT"),
    Guard(ENTRY, "finance_whole", "finance_judge_whole_entry", "AFTER INSERT", is_deferred=True),
    Guard(LINE, "finance_whole", "finance_judge_whole_entry", "AFTER INSERT", is_deferred=True),
    Guard(ENTRY, "finance_keep", "finance_refuse_change", "BEFORE UPDATE OR DELETE"),
    Guard(LINE, "finance_keep", "finance_refuse_change", "BEFORE UPDATE OR DELETE"),
)

INVOICES = Path(__file__).parent / "sql" / "invoices.sql"
INVOICE, INVOICE_LINE = "finance_invoice", "finance_invoiceline"
PAYMENT, REFUSE = "finance_invoicepayment", "finance_refuse_change_of_invoice"
WHOLE = "finance_judge_whole_invoice"
INVOICE_GUARDS = (
    Guard(INVOICE, "finance_keep", "finance_keep_invoice", "BEFORE UPDATE OR DELETE"),
    Guard(INVOICE, "finance_whole", WHOLE, "AFTER INSERT", is_deferred=True),
    Guard(INVOICE_LINE, "finance_whole", WHOLE, "AFTER INSERT", is_deferred=True),
    Guard(INVOICE_LINE, "finance_keep", REFUSE, "BEFORE UPDATE OR DELETE"),
    Guard(PAYMENT, "finance_judge", "finance_judge_payment", "BEFORE INSERT"),
    Guard(PAYMENT, "finance_paid", "finance_judge_paid", "AFTER INSERT", is_deferred=True),
    Guard(PAYMENT, "finance_keep", REFUSE, "BEFORE UPDATE OR DELETE"),
    Guard("finance_invoiceimport", "finance_keep", REFUSE, "BEFORE UPDATE OR DELETE"),
)


def register() -> None:
    guards.register(SOURCE, GUARDS)
    guards.register(INVOICES, INVOICE_GUARDS)
