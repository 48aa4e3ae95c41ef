"""Adjustments, accounts, periods and the journal with their versions, shown on the admin site."""

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


site.register(Account, AccountAdmin)
site.register(CostCentre, CostCentreAdmin)
site.register(TaxCode, TaxCodeAdmin)
site.register(Period, PeriodAdmin)
site.register(ExchangeRate, ExchangeRateAdmin)
site.register(JournalEntry, JournalEntryAdmin)
site.register(JournalLine, JournalLineAdmin)
site.register(FinancialAdjustment, FinancialAdjustmentAdmin)
register_versions("finance", {JournalLine: ("entry",)})
