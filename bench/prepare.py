"""Makes the tables of the comparison: the product's, the peers' and the tickets'."""

from __future__ import annotations

import pgtrigger
from django.core.management import call_command

from audit import roles
from bench.report import Target


def run() -> list[Target]:
    # Tables without migrations are made first of all, and the tickets refer to the product's.
    call_command("migrate", interactive=False, verbosity=0)
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    with roles.as_owner():
        pgtrigger.install()
    return []
