"""`manage.py ready`: what `/readyz` says, for timers and scripts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import health


class Command(BaseCommand):
    help = "Say of each thing that serving needs whether it is well; fail if one is not."

    def handle(self, *args: Any, **options: Any) -> None:
        items = health.look()
        for name, state in items.items():
            self.stdout.write(f"{name:12} {state}")
        failing = [name for name, state in items.items() if state != "ok"]
        if failing:
            raise CommandError(f"Not ready: {', '.join(failing)}.")
