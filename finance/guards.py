"""Which guards stand on which tables of money (audit/guards.py keeps them)."""

from __future__ import annotations

from pathlib import Path

from audit import guards
from audit.guards import Guard

SOURCE = Path(__file__).parent / "sql" / "journal.sql"
ENTRY, LINE = "finance_journalentry", "finance_journalline"
GUARDS = (
    Guard(ENTRY, "finance_judge", "finance_judge_entry", "BEFORE INSERT"),
    Guard(LINE, "finance_judge", "finance_judge_line", "BEFORE INSERT"),
    Guard(ENTRY, "finance_whole", "finance_judge_whole_entry", "AFTER INSERT", is_deferred=True),
    Guard(LINE, "finance_whole", "finance_judge_whole_entry", "AFTER INSERT", is_deferred=True),
    Guard(ENTRY, "finance_keep", "finance_refuse_change", "BEFORE UPDATE OR DELETE"),
    Guard(LINE, "finance_keep", "finance_refuse_change", "BEFORE UPDATE OR DELETE"),
)


def register() -> None:
    guards.register(SOURCE, GUARDS)
