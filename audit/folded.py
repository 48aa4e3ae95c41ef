"""Migrations that stand for older ones whose files are gone. Where only some of those are applied,
Django leaves the new one out of its plan, and where nothing depends on it, it says nothing.
"""

from __future__ import annotations

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

TOO_OLD = (
    "Nothing was migrated. This database was last migrated by an earlier version: migrate it with "
    "the newest of those first, see docs/upgrade.md."
)


def half_applied(connection: BaseDatabaseWrapper) -> list[str]:
    """Those that can neither be applied any more nor count as applied."""
    applied = MigrationRecorder(connection).applied_migrations()
    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    return [
        str(new)
        for new in loader.disk_migrations.values()
        if any(old in applied for old in new.replaces)
        and any(old not in applied and old not in loader.disk_migrations for old in new.replaces)
    ]


def is_too_old(connection: BaseDatabaseWrapper) -> bool:
    """Whether ``migrate`` would refuse this database."""
    try:
        MigrationLoader(connection).check_consistent_history(connection)
    except InconsistentMigrationHistory:
        return True
    return bool(half_applied(connection))


def refuse_half_applied(connection: BaseDatabaseWrapper) -> None:
    """Raises CommandError, for what is missing can be had from the version before alone."""
    found = half_applied(connection)
    if found:
        told = f"Only some of what {', '.join(found)} stands for is applied."
        raise CommandError(f"{told}\n{TOO_OLD}")
