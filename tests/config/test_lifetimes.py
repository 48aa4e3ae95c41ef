"""Processes say when they begin and end; what was killed is named by the next one."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from audit.models import Event
from config import health, items, lifetimes, local, overview, tasks
from tests.config import processes

WORKER = lifetimes.WORKER


def state() -> items.Item:
    return lifetimes.processes_item({})


@pytest.mark.django_db
def test_a_worker_says_when_it_begins_and_ends() -> None:
    with lifetimes.recorded(WORKER):
        [begun] = Event.objects.filter(kind="process.started")
        assert not Event.objects.filter(kind="process.stopped").exists()
    [ended] = Event.objects.filter(kind="process.stopped")
    assert ended.detail["started"] == begun.pk
    assert begun.detail["process"] == ended.detail["process"] == "worker"
    assert (begun.detail["host"], begun.detail["pid"]) == (socket.gethostname(), os.getpid())
    assert begun.detail["version"] == overview.own_version()
    assert abs(begun.detail["clock_offset_ms"]) < 2_000
    assert begun.detail["clock_synchronized"] in (True, False, None)
    assert (begun.actor_kind, begun.actor_id) == ("command", "worker")


@pytest.mark.django_db
def test_one_that_fails_says_by_what() -> None:
    with pytest.raises(RuntimeError), lifetimes.recorded(WORKER):
        raise RuntimeError
    assert Event.objects.get(kind="process.stopped").detail["error"] == "RuntimeError"


@pytest.mark.django_db
def test_what_was_killed_is_named_once_by_the_next_one() -> None:
    killed = lifetimes.begin(WORKER)
    with lifetimes.recorded(WORKER):
        pass
    with lifetimes.recorded(WORKER):
        pass
    _, second, third = Event.objects.filter(kind="process.started").order_by("pk")
    assert second.detail["left_behind"] == [killed]
    assert "left_behind" not in third.detail
    assert state().state == items.WARN
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert state().state == items.GOOD


@pytest.mark.django_db
def test_one_that_lives_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "is_alive", lambda process, detail: True)
    lifetimes.begin(WORKER)
    assert lifetimes.left_behind(WORKER) == []
    assert lifetimes.left_behind(lifetimes.WEB) == []


def test_another_process_with_its_number_is_not_it() -> None:
    assert not lifetimes.is_alive(WORKER, {"pid": os.getpid()})
    assert not lifetimes.is_alive(WORKER, {"pid": os.getppid()})
    assert not lifetimes.is_alive(WORKER, {"pid": None})


@pytest.mark.django_db
def test_nothing_is_known_where_none_has_said_anything() -> None:
    assert state().state == items.UNKNOWN


@pytest.mark.django_db
def test_the_clock_is_measured_on_record_and_goes_stale() -> None:
    assert lifetimes.clock_item({}).state == items.WARN
    told = tasks.measure_clock(None, timestamp=1_700_000_000)
    event = Event.objects.get(kind="clock.measured")
    assert (event.outcome, event.detail) == ("done", told | {"due_at": 1_700_000_000})
    assert lifetimes.clock_item({}).state == items.GOOD
    with time_machine.travel(timezone.now() + timedelta(seconds=1)):
        assert "ms apart" in lifetimes.clock_item({}).told


@pytest.mark.django_db
def test_a_worker_whose_clock_is_off_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as off:
        off.setattr(lifetimes, "offset", lambda: health.LARGEST_OFFSET + 1.5)
        tasks.measure_clock(None, timestamp=1_700_000_000)
        assert "3.5 s off" in lifetimes.clock_item({}).told
    assert Event.objects.get(kind="clock.measured").outcome == "failed"
    assert lifetimes.clock_item({}).state == items.BAD
    assert "A worker's machine was 3.5 s off" in lifetimes.clock_item({}).told


@pytest.mark.slow
def test_the_worker_command_records_both(production: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "output"
    child = processes.start(
        "manage", local.PROJECT, output, production, "procrastinate", "worker", "--one-shot"
    )
    assert child.wait(60) == 0, output.read_text()
    kinds = Event.objects.filter(kind__startswith="process.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [lifetimes.STARTED, lifetimes.STOPPED]


@pytest.fixture
def serving(production: dict[str, str], tmp_path: Path) -> Iterator[Any]:
    output = tmp_path / "output"
    child = processes.start("config.serve", local.PROJECT, output, production)
    assert processes.eventually(
        lambda: child.poll() is not None or "Booting worker" in output.read_text()
    )
    assert child.poll() is None, output.read_text()
    yield child
    if child.poll() is None:
        child.terminate()
        child.wait(60)


@pytest.mark.slow
def test_the_web_server_records_its_beginning_and_its_end(serving: Any) -> None:
    [begun] = Event.objects.filter(kind=lifetimes.STARTED)
    assert begun.detail["pid"] == serving.pid
    serving.send_signal(signal.SIGTERM)
    serving.wait(60)
    [ended] = Event.objects.filter(kind=lifetimes.STOPPED)
    assert (ended.detail["started"], ended.detail["pid"]) == (begun.pk, serving.pid)


@pytest.mark.slow
def test_a_web_server_that_is_killed_is_missed_by_the_next_one(serving: Any) -> None:
    [begun] = Event.objects.filter(kind=lifetimes.STARTED)
    assert lifetimes.left_behind(lifetimes.WEB) == []
    os.killpg(serving.pid, signal.SIGKILL)
    serving.wait(60)
    assert lifetimes.left_behind(lifetimes.WEB) == [begun.pk]
