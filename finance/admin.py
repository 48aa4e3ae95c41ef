"""Money with its versions, shown on the admin site: adjustments, invoices, accounts, journal."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from audit.admin import VersionedAdmin, register_versions, site
from audit.admin.columns import column, exact
from audit.admin.filters import days_of
from finance.models import (
    Account,
    CostCentre,
    ExchangeRate,
    FinancialAdjustment,
    Invoice,
    InvoiceImport,
    InvoiceLine,
    InvoicePayment,
    JournalEntry,
    JournalLine,
    Period,
    TaxCode,
)
from requests_app.admin import EntityAdmin


class FinancialAdjustmentAdmin(EntityAdmin):
    """Their rows hold no moment: when one was drafted, its first version says."""

    group = "Money"
    list_display = (
        "number",
        "kind",
        "status",
        "amount",
        "currency",
        "support_request",
        "drafted_by",
        column("drafted_at", "Drafted", lambda row: exact(row.drafted_at)),
    )
    list_select_related = ("support_request", "drafted_by")
    list_filter = (*EntityAdmin.list_filter, days_of("drafted_at", "drafted"), "status", "kind")
    search_fields = ("number", "payee", "invoice_reference")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The first version of each is found by the index of rows and dates."""
        versions = FinancialAdjustment.history.model.objects.filter(id=OuterRef("pk"))
        first = versions.order_by("history_date").values("history_date")[:1]
        return super().get_queryset(request).annotate(drafted_at=Subquery(first))


class DimensionAdmin(EntityAdmin):
    group = "Money"
    search_fields = ("code", "name")
    ordering = ("entity", "code")


class CostCentreAdmin(DimensionAdmin):
    list_display = ("code", "name", "entity", "starts_on", "ends_on")
    list_select_related = ("entity",)


class AccountAdmin(DimensionAdmin):
    list_display = ("code", "name", "kind", "entity", "is_postable", "is_taxable", "ends_on")
    list_select_related = ("entity",)
    list_filter = (*EntityAdmin.list_filter, "kind", "is_postable")


class TaxCodeAdmin(DimensionAdmin):
    list_display = ("code", "name", "rate", "account", "entity", "starts_on", "ends_on")
    list_select_related = ("entity", "account")


class PeriodAdmin(EntityAdmin):
    group = "Money"
    list_display = ("__str__", "entity", "status", "asked_by", "decided_by")
    list_select_related = ("entity", "asked_by", "decided_by")
    list_filter = (*EntityAdmin.list_filter, "status", "year")


class ExchangeRateAdmin(VersionedAdmin):
    group = "Money"
    list_display = ("base", "quoted", "day", "rate", "source")
    list_filter = ("base", "quoted", "source")
    date_hierarchy = "day"


class JournalEntryAdmin(EntityAdmin):
    group = "Money"
    list_display = ("number", "posting_date", "source", "text", "adjustment", "posted_by")
    list_select_related = ("adjustment", "posted_by")
    list_filter = (*EntityAdmin.list_filter, "journal", "source", "posting_date")
    search_fields = ("number", "text")
    ordering = ("-id",)


class JournalLineAdmin(EntityAdmin):
    group = "Money"
    list_display = ("entry", "position", "account", "debit", "credit", "currency")
    list_select_related = ("entry", "account")
    list_filter = (*EntityAdmin.list_filter, "currency")
    search_fields = ("entry__number", "account__code")
    ordering = ("-id",)


class InvoiceAdmin(EntityAdmin):
    group = "Money"
    list_display = ("number", "customer", "status", "currency", "issued_on", "due_on", "entity")
    list_select_related = ("customer", "entity")
    list_filter = (*EntityAdmin.list_filter, "status", "currency", "source")
    search_fields = ("number", "reference", "external_key")
    ordering = ("-id",)


class InvoiceLineAdmin(EntityAdmin):
    group = "Money"
    list_display = ("invoice", "position", "text", "account", "net", "tax", "currency")
    list_select_related = ("invoice", "account")
    list_filter = (*EntityAdmin.list_filter, "currency")
    search_fields = ("invoice__number", "text")
    ordering = ("-id",)


class InvoicePaymentAdmin(EntityAdmin):
    group = "Money"
    list_display = ("invoice", "paid_on", "amount", "currency", "kind", "instrument", "reverses")
    list_select_related = ("invoice", "reverses__invoice")
    list_filter = (*EntityAdmin.list_filter, "kind", "currency")
    search_fields = ("invoice__number", "reference", "key")
    ordering = ("-id",)


class InvoiceImportAdmin(EntityAdmin):
    group = "Money"
    list_display = ("name", "kind", "rows", "added", "sha256", "imported_by")
    list_select_related = ("imported_by",)
    list_filter = (*EntityAdmin.list_filter, "kind")
    search_fields = ("name", "sha256")
    ordering = ("-id",)


site.register(Account, AccountAdmin)
site.register(CostCentre, CostCentreAdmin)
site.register(TaxCode, TaxCodeAdmin)
site.register(Period, PeriodAdmin)
site.register(ExchangeRate, ExchangeRateAdmin)
site.register(JournalEntry, JournalEntryAdmin)
site.register(JournalLine, JournalLineAdmin)
site.register(Invoice, InvoiceAdmin)
site.register(InvoiceLine, InvoiceLineAdmin)
site.register(InvoicePayment, InvoicePaymentAdmin)
site.register(InvoiceImport, InvoiceImportAdmin)
site.register(FinancialAdjustment, FinancialAdjustmentAdmin)
register_versions(
    "finance", {JournalLine: ("entry",), InvoiceLine: ("invoice",), InvoicePayment: ("invoice",)}
)
