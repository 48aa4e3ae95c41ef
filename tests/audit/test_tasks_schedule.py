"""A worker finds the hourly look at the recorder by itself, without anyone importing it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
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


@pytest.mark.parametrize("task", ["audit.check_trail", "audit.repeat_killed_check"])
def test_the_trail_is_checked_and_a_killed_check_repeated_once_an_hour(task: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    crons = [cron for name, cron in json.loads(done.stdout) if name == task]

    assert len(crons) == 1
    minute, *rest = crons[0].split()
    assert 0 <= int(minute) < 60
    assert rest == ["*"] * 4
