"""makemigrations that keeps the recorder's triggers right and the past whole."""

from __future__ import annotations

from django.core.management.commands import makemigrations

from audit.schema import VersioningAutodetector


class Command(makemigrations.Command):
    autodetector = VersioningAutodetector
