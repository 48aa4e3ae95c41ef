#!/usr/bin/env python
"""Runs one management command, with the local PostgreSQL where no other server is named."""

from __future__ import annotations

import os
import sys

from config import embedded, programs


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with embedded.for_command():
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except programs.CannotStart as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
