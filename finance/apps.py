"""Adjustments, and the invoices, coding and journal they belong to."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Finance"

    def ready(self) -> None:
        from finance import deciding, demo, events, guards, invoice_demo, logs, roles
        from finance.models import FinancialAdjustment
        from requests_app import approvable
        from requests_app.demo import story
        from requests_app.queue import waiting

        approvable.register(FinancialAdjustment.Kind.choices)
        events.register()
        story.add_chapter(demo.keep_books)
        story.add_last_chapter(invoice_demo.bill)
        guards.register()
        logs.register()
        roles.register()
        waiting.register(deciding.waiting_for)
