"""Prints the catalogue of event kinds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit import kinds


class Command(BaseCommand):
    help = "Print every registered kind of event with its meaning."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in kinds.registered():
            needs = "  (needs a reason)" if kind.needs_reason else ""
            self.stdout.write(f"{kind.name:<28}{kind.label:<28}… {kind.sentence}{needs}")
