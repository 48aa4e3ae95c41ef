"""Adjustments, and the invoices, coding and journal they belong to."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Finance"

    def ready(self) -> None:
        from finance import demo, events, guards, invoice_demo, logs, roles
        from requests_app.demo import story

        events.register()
        story.add_chapter(demo.keep_books)
        story.add_last_chapter(invoice_demo.bill)
        guards.register()
        logs.register()
        roles.register()
