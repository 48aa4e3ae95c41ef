"""Which guards stand on the tables of approval policies, limits and delegations (audit/guards.py
keeps them)."""

from __future__ import annotations

from pathlib import Path

from audit import guards
from audit.guards import Guard

SOURCE = Path(__file__).parent / "sql" / "policies.sql"
ANY_WRITE = "BEFORE INSERT OR UPDATE OR DELETE"
GUARDS = (
    Guard("requests_app_approvalpolicy", "requests_judge", "requests_judge_policy", ANY_WRITE),
    *(
        Guard(table, "requests_judge", "requests_judge_policy_part", ANY_WRITE)
        for table in ("requests_app_policyrule", "requests_app_policystep")
    ),
    *(
        Guard(table, "requests_keep", "requests_keep_powers", "BEFORE UPDATE OR DELETE")
        for table in ("requests_app_approvallimit", "requests_app_delegation")
    ),
)


def register() -> None:
    guards.register(SOURCE, GUARDS)
