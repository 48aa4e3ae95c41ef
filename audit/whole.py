"""Migrations of which all is done or nothing. Django writes down that one is applied in another
transaction wherever foreign keys were deferred: who is stopped between the two can never migrate
again, for the tables exist already.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration


class Executor(MigrationExecutor):
    def apply_migration(self, state: Any, migration: Migration, *args: Any, **kwargs: Any) -> Any:
        if not migration.atomic:
            return super().apply_migration(state, migration, *args, **kwargs)
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, *args, **kwargs)

    def unapply_migration(self, state: Any, migration: Migration, *args: Any, **kwargs: Any) -> Any:
        if not migration.atomic:
            return super().unapply_migration(state, migration, *args, **kwargs)
        with transaction.atomic(using=self.connection.alias):
            return super().unapply_migration(state, migration, *args, **kwargs)
