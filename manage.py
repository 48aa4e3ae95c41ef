#!/usr/bin/env python
"""Runs one management command, with the local PostgreSQL where no other server is named."""

from __future__ import annotations

import os
import sys

from config import embedded, programs

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
except ModuleNotFoundError:
    sys.exit("This Python lacks Django: run make setup, then .venv/bin/python manage.py COMMAND")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["configuration"] and "--check" in sys.argv:
        from config import checking

        sys.exit(checking.main(sys.argv[2:]))  # also where no command could be loaded
    try:
        with embedded.for_command():
            execute_from_command_line(sys.argv)
    except (programs.CannotStart, ImproperlyConfigured) as refusal:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
