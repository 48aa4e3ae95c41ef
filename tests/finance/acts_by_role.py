"""What can be done to the books by a form, as tests/acts_by_role.py tells it of the desk."""

from __future__ import annotations

from collections.abc import Callable

from audit.recording import recording
from finance.models import Period
from requests_app.models import Role
from tests.acts_by_role import WHY, Act, fixed
from tests.factories import TESTER
from tests.finance.books import DAY
from tests.world import World

POSTERS = frozenset({Role.ACCOUNTANT})
KEEPERS = frozenset({Role.ACCOUNTANT, Role.CONTROLLER})
DECIDERS = frozenset({Role.CONTROLLER, Role.EXECUTIVE})


def standing_at(status: str) -> Callable[[World], None]:
    """As somebody else has left it who asked."""

    def stand(here: World) -> None:
        period = Period.objects.get(pk=here.ids["period_id"])
        with recording("period.close_asked", by=TESTER, subject=period, reason="A test"):
            period.status, period.asked_by = status, here.people["auditor"]
            period.decided_by = here.people["lead"] if status == "closed" else None
            period.save(update_fields=["status", "asked_by", "decided_by"])

    return stand


def step(roles: frozenset[Role], status: str) -> Act:
    return Act(roles, fixed(**WHY), standing_at(status))


BOOKS = {
    "books:entry-reverse": Act(POSTERS, fixed(posting_date=DAY.isoformat(), **WHY)),
    "books:period-add": Act(KEEPERS, fixed(month="2026-10", **WHY)),
    "books:period-move ask-close": Act(KEEPERS, fixed(**WHY)),
    "books:period-move close": step(DECIDERS, "closing"),
    "books:period-move decline-close": step(DECIDERS, "closing"),
    "books:period-move ask-reopen": step(KEEPERS, "closed"),
    "books:period-move reopen": step(DECIDERS, "reopening"),
    "books:period-move decline-reopen": step(DECIDERS, "reopening"),
    "books:part-add": Act(KEEPERS, fixed(code="1999", name="New", kind="asset", **WHY)),
    "books:part-change": Act(KEEPERS, fixed(name="Renamed", is_postable="on", **WHY)),
}
