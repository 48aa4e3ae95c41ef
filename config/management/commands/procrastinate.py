"""`manage.py procrastinate`, whose worker starts only where every change would be recorded, and
says when it begins and ends."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django.management.commands import procrastinate

from config import health, lifetimes


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ImproperlyConfigured on a weak trail, as the web server does, and where it cannot
        be checked: nothing would ask again."""
        if options["command"] != "worker":
            super().handle(*args, **options)
            return
        health.refuse_weak_trail(waits=False)
        from config import first_checks  # its tasks need all apps

        with lifetimes.recorded(lifetimes.WORKER):
            first_checks.defer()
            super().handle(*args, **options)
