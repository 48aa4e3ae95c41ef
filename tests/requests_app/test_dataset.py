"""make_dataset: large sets come through the triggers and never pass for recorded work."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from audit import actors
from audit.models import Event
from requests_app.demo import dataset
from requests_app.models import Message, SupportRequest

pytestmark = pytest.mark.django_db


def write(count: int) -> int:
    return dataset.write(count, by=actors.command("make_dataset"), reached=lambda _: None)


def test_it_writes_the_requests_asked_for_with_the_events_it_counts() -> None:
    before = Event.objects.count()
    events = write(30)
    assert SupportRequest.objects.count() == 30
    assert Event.objects.count() - before == events > 30 * 5


def test_every_event_says_that_it_is_demo() -> None:
    write(20)
    assert set(Event.objects.values_list("channel", flat=True)) == {"demo"}


def test_claimed_times_spread_over_two_years_and_recorded_ones_are_now() -> None:
    write(40)
    events = Event.objects.filter(kind="request.opened")
    claimed = list(events.order_by("id").values_list("occurred_at", flat=True))
    assert claimed[0] < timezone.now() - timedelta(days=700)
    assert claimed[-1] > timezone.now() - timedelta(days=30)
    assert not Event.objects.filter(occurred_at__gt=timezone.now()).exists()
    assert not Event.objects.filter(recorded_at__lt=timezone.now() - timedelta(hours=1)).exists()


def test_each_act_but_a_look_wrote_exactly_one_version() -> None:
    write(30)
    acts = Event.objects.filter(kind__startswith="request.").exclude(kind="request.viewed")
    versions = SupportRequest.history.count() + Message.history.count()
    assert acts.count() == versions


def test_last_versions_are_the_rows() -> None:
    write(30)
    for row in SupportRequest.objects.all():
        newest = row.history.first()
        assert (newest.status, newest.priority, newest.assignee_id) == (
            row.status, row.priority, row.assignee_id,
        )  # fmt: skip


def test_requests_are_numbered_without_a_gap() -> None:
    write(25)
    numbers = sorted(SupportRequest.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 26))


def test_a_second_set_uses_the_people_who_are_there() -> None:
    write(5)
    before = Event.objects.filter(kind="person.added").count()
    write(5)
    assert Event.objects.filter(kind="person.added").count() == before


def test_the_setting_that_describes_a_batch_leaves_no_event_open() -> None:
    write(5)
    with connection.cursor() as cursor, pytest.raises(Exception, match="unrecorded change"):
        cursor.execute("UPDATE requests_app_supportrequest SET subject = 'x'")


def test_the_command_says_what_it_wrote() -> None:
    out = StringIO()
    call_command("make_dataset", "3", stdout=out)
    assert out.getvalue().startswith("3 requests with ")


def test_the_command_says_it_as_json_or_not_at_all() -> None:
    out = StringIO()
    call_command("make_dataset", "3", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["requests"] == 3
    assert told["events"] > 3
    assert told["seconds"] > 0
    out = StringIO()
    call_command("make_dataset", "3", "--quiet", stdout=out, stderr=out)
    assert out.getvalue() == ""


def test_an_interruption_says_what_it_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dataset, "write", interrupted)
    with pytest.raises(CommandError, match="writes as many again") as refused:
        call_command("make_dataset", "3", "--quiet")
    assert refused.value.returncode == 130


@override_settings(LOCAL=False)
def test_it_is_refused_outside_the_local_trial() -> None:
    with pytest.raises(CommandError, match="local trial only") as refused:
        call_command("make_dataset", "3")
    assert refused.value.returncode == 2
    assert not Event.objects.exists()


@pytest.mark.parametrize("count", ["0", "-4"])
def test_a_count_below_one_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match="1 or more"):
        call_command("make_dataset", "--", count)
