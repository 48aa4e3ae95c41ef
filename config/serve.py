"""`make serve`: refuses to start where something is missing or the trail's guards are not whole."""

from __future__ import annotations

import os
import sys

from config.embedded import is_named


def main() -> str:
    """Checks, then becomes the web server. Returns why it does not start."""
    if not is_named("DATABASE_URL", os.environ):
        return "make serve needs DATABASE_URL and its like; make run starts a local trial."
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_POOL", "true")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command

    try:
        import django

        django.setup()
        call_command("check", deploy=True, fail_level="WARNING")
        call_command("collectstatic", interactive=False, verbosity=0)
    except (ImproperlyConfigured, CommandError) as refusal:
        return str(refusal)
    from config import health

    failing = [
        f"  - {name}: {state}"
        for name, state in health.look().items()
        # The worker may well start after the web server.
        if state != "ok" and name != "worker"
    ]
    if failing:
        return "Not ready to serve:\n" + "\n".join(failing)
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    sys.exit(main())
