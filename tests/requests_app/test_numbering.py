"""Numbers of documents: one after the other per entity and year, whoever asks at the same time and
whatever fails in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from audit.recording import recording
from requests_app import numbering
from requests_app.models import Entity, NumberSeries, SupportRequest
from tests import factories

THREADS, EACH = 4, 20


class Unlucky(Exception):
    """Something broke after the number was given."""


def test_numbers_have_no_gap_and_no_double_whoever_opens_at_once(own_database: str) -> None:
    entity = factories.entity()
    together = Barrier(THREADS)

    def open_many(thread: int) -> int:
        together.wait()
        try:
            return sum(opens(entity, fails=turn % 3 == thread % 3) for turn in range(EACH))
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        opened = sum(threads.map(open_many, range(THREADS)))

    numbers = SupportRequest.objects.values_list("number", flat=True)
    assert THREADS * EACH / 2 < opened < THREADS * EACH
    assert sorted(int(number.rpartition("-")[2]) for number in numbers) == list(
        range(1, opened + 1)
    )
    assert NumberSeries.objects.get(entity=entity).last == opened


def opens(entity: Entity, *, fails: bool) -> bool:
    try:
        with transaction.atomic():
            request = factories.support_request(entity=entity)
            assert request.number
            if fails:
                raise Unlucky
    except Unlucky:
        return False
    return True


def test_a_number_given_in_a_recording_that_fails_is_given_again(own_database: str) -> None:
    entity = factories.entity()
    given = []
    with pytest.raises(Unlucky), recording("request.opened", by=factories.TESTER):
        given += numbering.next_numbers(entity, "R")
        raise Unlucky

    assert factories.support_request(entity=entity).number == given[0]


@pytest.mark.django_db
def test_numbers_start_anew_with_the_year_and_the_old_year_keeps_its_own() -> None:
    entity = factories.entity(code="NY")

    with time_machine.travel(datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC), tick=False) as clock:
        old = [factories.support_request(entity=entity).number for _ in range(2)]
        clock.shift(1)
        old.append(factories.support_request(entity=entity).number)
        clock.shift(1)
        new = [factories.support_request(entity=entity).number for _ in range(2)]

    assert old == ["NY-R-2026-000001", "NY-R-2026-000002", "NY-R-2026-000003"]
    assert new == ["NY-R-2027-000001", "NY-R-2027-000002"]
    series = NumberSeries.objects.filter(entity=entity).values_list("year", "last")
    assert set(series) == {(2026, 3), (2027, 2)}


@pytest.mark.django_db
@pytest.mark.parametrize("zone_of_the_person", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_year_turns_at_the_entitys_place_wherever_the_person_is(
    zone_of_the_person: str,
) -> None:
    east = factories.entity(code="EA", time_zone="Pacific/Auckland")
    west = factories.entity(code="WE", time_zone="America/Los_Angeles")

    with (
        time_machine.travel(datetime(2027, 1, 1, 2, tzinfo=UTC), tick=False),
        timezone.override(ZoneInfo(zone_of_the_person)),
    ):
        numbers = [factories.support_request(entity=entity).number for entity in (east, west)]

    assert numbers == ["EA-R-2027-000001", "WE-R-2026-000001"]


@pytest.mark.django_db
def test_each_entity_and_each_series_counts_for_itself() -> None:
    first, second = factories.entity(code="AA"), factories.entity(code="BB")

    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        given = [
            numbering.next_numbers(first, "R", 2),
            numbering.next_numbers(first, "A"),
            numbering.next_numbers(second, "R"),
            numbering.next_numbers(first, "R"),
        ]

    assert given == [
        ["AA-R-2026-000001", "AA-R-2026-000002"],
        ["AA-A-2026-000001"],
        ["BB-R-2026-000001"],
        ["AA-R-2026-000003"],
    ]


def test_a_number_outside_a_transaction_is_refused(own_database: str) -> None:
    entity = factories.entity()

    with pytest.raises(transaction.TransactionManagementError, match="inside a transaction only"):
        numbering.next_numbers(entity, "R")
