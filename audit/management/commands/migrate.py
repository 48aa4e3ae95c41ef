"""migrate as the owner of the tables, with trigger-aware autodetection."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from audit import roles
from audit.schema import VersioningAutodetector


class Command(migrate.Command):
    autodetector = VersioningAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.OWNER_DATABASE is None:
            super().handle(*args, **options)
            return
        with roles.as_owner(options["database"]):
            super().handle(*args, **options)
