"""A worker finds the hourly look at the recorder by itself, without anyone importing it."""

from __future__ import annotations

import json
import subprocess
import sys

from django.conf import settings

# In a process of its own: here other tests have imported the task already.
ASK = """
import json
import django
django.setup()
from procrastinate.contrib.django import app
print(json.dumps([[name, task.cron] for (name, _), task
                  in app.periodic_registry.periodic_tasks.items()]))
"""


def test_the_trail_is_checked_once_an_hour() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    crons = [cron for name, cron in json.loads(done.stdout) if name == "audit.check_trail"]

    assert len(crons) == 1
    minute, *rest = crons[0].split()
    assert 0 <= int(minute) < 60
    assert rest == ["*"] * 4
