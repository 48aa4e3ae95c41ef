"""The bench as a Django app, installed by its own settings only."""

from __future__ import annotations

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "bench"

    def ready(self) -> None:
        from audit import kinds
        from audit.kinds import Kind

        kinds.register(
            Kind("bench.created", "Created", "created the ticket"),
            Kind("bench.changed", "Changed", "changed the ticket"),
        )
