"""migrate as the owner of the tables, with trigger-aware autodetection."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.exceptions import InconsistentMigrationHistory

from audit import folded, roles, watch
from audit.schema import VersioningAutodetector
from audit.whole import Executor

# Django's command has no other place to name its executor.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    autodetector = VersioningAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        # Looking needs no owner: whoever serves may ask what is not applied yet.
        if options["check_unapplied"] or options["plan"]:
            self.unless_too_old(*args, **options)
            return
        try:
            with roles.as_owner(options["database"]):
                self.migrate(*args, **options)
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal

    def unless_too_old(self, *args: Any, **options: Any) -> None:
        folded.refuse_half_applied(connections[options["database"]])
        try:
            super().handle(*args, **options)
        except InconsistentMigrationHistory as gap:
            raise CommandError(f"{gap}\n{folded.TOO_OLD}") from gap

    def migrate(self, *args: Any, **options: Any) -> None:
        try:
            self.unless_too_old(*args, **options)
        except BaseException as failure:  # also where somebody stopped it
            watch.after_failure(connections[options["database"]], failure)
            raise
