"""Adjustments and their versions, shown on the admin site."""

from __future__ import annotations

from audit.admin import register_versions, site
from finance.models import FinancialAdjustment
from requests_app.admin import EntityAdmin


class FinancialAdjustmentAdmin(EntityAdmin):
    group = "Money"
    list_display = (
        "number",
        "kind",
        "status",
        "amount",
        "currency",
        "support_request",
        "drafted_by",
    )
    list_select_related = ("support_request", "drafted_by")
    list_filter = (*EntityAdmin.list_filter, "status", "kind")
    search_fields = ("number", "payee", "invoice_reference")
    ordering = ("-id",)


site.register(FinancialAdjustment, FinancialAdjustmentAdmin)
register_versions("finance")
