"""`make serve`: refuses to start where something is missing or the trail's guards are not whole."""

from __future__ import annotations

import io
import os
import sys


def main() -> None:
    """Checks, then becomes the web server; or ends with the sentence that says why not."""
    refusal = _refusal()
    if refusal:
        sys.exit(refusal)
    _begin()
    server = ["-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    os.execv(sys.executable, [sys.executable, *server])  # noqa: S606 - no shell is wanted


def _begin() -> None:
    """On record, from where the server takes it over: it tells of its end."""
    from django.db import connection

    from config import lifetimes

    os.environ[lifetimes.VARIABLE] = str(lifetimes.begin(lifetimes.WEB))
    connection.close()


def _refusal() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_POOL", "true")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command

    try:
        django.setup()
        call_command("check", deploy=True, fail_level="WARNING", stdout=io.StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
    except (ImproperlyConfigured, CommandError) as error:
        return str(error)
    from config import health

    # The worker may well start after the web server, and its queue waits until then.
    failing = {name: state for name, state in health.look().items() if state != "ok"}
    failing.pop("worker", None)
    failing.pop("queue", None)
    lines = "".join(f"\n  - {name}: {state}" for name, state in failing.items())
    return f"Not ready to serve:{lines}" if lines else ""


if __name__ == "__main__":
    main()
