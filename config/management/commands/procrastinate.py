"""`manage.py procrastinate`, whose worker starts only where every change would be recorded."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django.management.commands import procrastinate

from config import health


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ImproperlyConfigured on a weak trail, as the web server does, and where it cannot
        be checked: nothing would ask again."""
        if options["command"] == "worker":
            health.refuse_weak_trail(waits=False)
        super().handle(*args, **options)
