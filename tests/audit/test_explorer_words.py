"""Words of the trail: how they are taken apart, and that their pages leave nothing out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from audit import searching, timeline, trail_page
from audit.access import access
from audit.asking import TrailFilter
from audit.models import Event
from audit.paging import Position
from audit.recording import record
from requests_app.models import User
from tests import factories

pytestmark = pytest.mark.django_db

PARTED = ".-_@/:<>&\\+=?#~*$,;|()[]{}"
# Each mark between, before and after letters and digits, and what the database would keep whole.
TEXTS = [
    *(f"one{mark}two {mark}3{mark} {mark}" for mark in PARTED), PARTED, "", " ",
    "ap.team@harbor.example/help?x=1&y=2#top <b>bold</b> -1.5e3 +7 a_b c:\\d ~/e [f]{g}(h)",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_pattern_takes_words_apart_as_translating_did(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT regexp_replace(%s, %s, ' ', 'g'), translate(%s, %s, %s)",
            [text, searching.any_of(PARTED), text, PARTED, " " * len(PARTED)],
        )
        by_pattern, translated = cursor.fetchone()
    assert by_pattern == translated


@pytest.fixture
def ids(auditor: User) -> list[int]:
    """Of events in which the word stands, among others."""
    found = []
    for number in range(7):
        kind = "request.list_exported" if number % 3 else "request.list_searched"
        by = replace(factories.actor(auditor), label=f"Wet Linen {number}")
        found.append(record(kind, by=by))
        record(kind, by=factories.actor(auditor))
    return found


def asked(person: User, text: str) -> TrailFilter:
    return TrailFilter(QueryDict(text), person=person)


def walked(person: User, text: str, start: Position) -> tuple[list[int], int]:
    """The ids of all pages from one on, in their order, and the count of the last."""
    form, at, found, count = asked(person, text), start, [], 0
    events = access().events_for(person)
    while True:
        page, count = trail_page.read(form, events, at)
        found += [entry.event.pk for entry in page.entries]
        onward: Any = page.newer if form.is_oldest_first else page.older
        if onward is None:
            return found, count
        at = Position(after=onward) if form.is_oldest_first else Position(before=onward)


@pytest.mark.parametrize("counted", [3, 7, 100], ids=["more than counted", "as many", "fewer"])
@pytest.mark.parametrize("size", [1, 2, 7, 50])
def test_pages_of_words_show_each_event_once(
    counted: int, size: int, ids: list[int], auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "COUNTED", counted)
    monkeypatch.setattr(timeline, "PAGE", size)
    total = min(len(ids), counted + 1)
    newest = walked(auditor, "q=linen&order=", Position())
    assert newest == (ids[::-1], total)
    assert walked(auditor, "q=linen&order=oldest", Position()) == (ids, total)


def test_a_page_knows_the_one_before(ids: list[int], auditor: User) -> None:
    form, events = asked(auditor, "actor=linen"), access().events_for(auditor)
    page, _ = trail_page.read(form, events, Position(before=ids[3]))
    assert ([entry.event.pk for entry in page.entries], page.newer) == (ids[2::-1], ids[2])
    page, _ = trail_page.read(form, events, Position(after=ids[3]))
    assert ([entry.event.pk for entry in page.entries], page.older) == (ids[:3:-1], ids[4])


def test_what_a_page_holds_whole_is_not_counted_again(ids: list[int], auditor: User) -> None:
    form, events = asked(auditor, "kind=request.list_searched"), access().events_for(auditor)
    with CaptureQueriesContext(connection) as captured:
        page, count = trail_page.read(form, events, Position())
    assert count == len(page.entries) > 0
    assert not any("COUNT(" in query["sql"] for query in captured)


def test_what_follows_an_act_is_counted_from_the_newest(ids: list[int], auditor: User) -> None:
    """From the oldest on, the first that follows a rare act may be millions away."""
    found = Event.objects.filter(kind="request.list_searched")
    form = asked(auditor, "following=request.list_searched")
    assert form.is_valid(), form.errors
    with CaptureQueriesContext(connection) as captured:
        form.count(found)
    assert 'ORDER BY "audit_event"."id" DESC LIMIT' in captured[-1]["sql"]
