"""`manage.py configuration`: what is in force, without the secrets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import environment


class Command(BaseCommand):
    help = "Print every setting that came from the environment, or its default, secrets masked."

    def handle(self, *args: Any, **options: Any) -> None:
        reader: environment.Environment = settings.CONFIGURATION
        for name in sorted(reader.effective):
            origin = "set" if reader.is_set(name) else "default"
            value = environment.masked(name, reader.effective[name])
            self.stdout.write(f"{name:28} {origin:8} {value}")
