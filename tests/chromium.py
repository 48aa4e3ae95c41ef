"""Where the browser for browser tests is, if this machine has one."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def path() -> str | None:
    """The program to give to Playwright as executable_path; it downloads none of its own."""
    return next(filter(None, map(shutil.which, NAMES)), None)
