"""Money: what is granted, the accounts it is coded to, the invoices it was
charged by, and the journal that says so."""

from finance.models.adjustment import FinancialAdjustment
from finance.models.chart import Account, CostCentre, TaxCode
from finance.models.invoice import Invoice, InvoiceImport, InvoiceLine, InvoicePayment
from finance.models.journal import JournalEntry, JournalLine
from finance.models.period import Period
from finance.models.rate import ExchangeRate

__all__ = [
    "Account",
    "CostCentre",
    "ExchangeRate",
    "FinancialAdjustment",
    "Invoice",
    "InvoiceImport",
    "InvoiceLine",
    "InvoicePayment",
    "JournalEntry",
    "JournalLine",
    "Period",
    "TaxCode",
]
