"""A part of a trail counts what it shows: its rule means the same to a query and to an event."""

from __future__ import annotations

import pytest

from audit.activity import PARTS
from audit.event_filters import EventFilter
from audit.models import Event
from audit.recording import record
from requests_app.reading import SHOWN
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = (
    "request.viewed", "request.noted", "session.signed_in", "trail.searched",
    "request.log_exported", "request.reopened",
)  # fmt: skip
ALL = {f"{name}-{place}": one for place, group in (("actor", PARTS), ("request", SHOWN))
       for name, one in group.items()}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_a_query_finds_what_the_rule_holds_of(name: str) -> None:
    factories.support_request()
    for kind in KINDS:
        for outcome in ("done", "denied"):
            record(kind, by=factories.TESTER, outcome=outcome, reason="Told")
    found = set(Event.objects.filter(ALL[name].condition).values_list("pk", flat=True))
    held = {each.pk for each in Event.objects.all() if ALL[name].holds(each.kind, each.outcome)}
    assert found == held
    assert found


def test_a_kind_is_named_whole_by_its_beginning_or_by_its_end() -> None:
    one = EventFilter("x", ("a.b", "c.*", "*.d"), without=("c.e",), outcomes=("done",))
    kinds = ("a.b", "a.bc", "c.x", "c.e", "x.d", "d")
    assert [kind for kind in kinds if one.holds(kind, "done")] == ["a.b", "c.x", "x.d"]
    assert not one.holds("a.b", "denied")
