"""Adjustments, and later the invoices, coding and journal they belong to."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"
    verbose_name = "Finance"

    def ready(self) -> None:
        from finance import events, guards, logs, roles

        events.register()
        guards.register()
        logs.register()
        roles.register()
