"""What Prometheus reads: numbers of all processes, for those who may, and nothing personal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client, override_settings

from audit import tasks as audit_tasks
from config import gunicorn, local
from requests_app.accounts import tasks
from requests_app.mail import mailboxes, watching
from tests import accounts, factories

TOKEN = "a-token-for-prometheus"
COUNT = "from audit.counting import opened; [opened('request.opened', 'done') for _ in range({})]"
READ = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from prometheus_client import generate_latest
from config.metrics import counted
print(generate_latest(counted()).decode())
"""


def numbers(client: Client, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers or None)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.django_db
def test_what_happens_is_counted_by_kind_and_outcome(client: Client) -> None:
    name = 'casetrail_events_total{kind="session.sign_in_failed",outcome="denied"}'
    before = numbers(client).get(name, 0)
    accounts.sign_in(accounts.browser(), "nobody", "x")
    assert numbers(client)[name] == before + 1


@pytest.mark.django_db
def test_queue_check_and_database_are_read_at_that_moment(client: Client) -> None:
    tasks.send_link.defer(person_id=0, kind="password_link")
    audit_tasks.check_trail(None, timestamp=1_700_000_000)
    found = numbers(client)
    assert found['casetrail_jobs{queue="default",state="waiting"}'] == 1
    assert found["casetrail_recorder_problems"] == 0
    assert 0 <= found["casetrail_recorder_check_seconds"] < 60
    assert found["casetrail_database_up"] == 1
    assert "casetrail_worker_heartbeat_seconds" not in found


@pytest.mark.django_db
def test_mailboxes_and_replies_are_told(client: Client) -> None:
    mailbox = mailboxes.add(
        entity=factories.entity(), address="help@us.example", imap_host="imap.example",
        by=factories.TESTER,
    )  # fmt: skip
    watching.note(mailbox=mailbox, cause="", told="", by=factories.TESTER)
    found = numbers(client)
    assert found['casetrail_mailbox_failing{cause="",mailbox="help@us.example"}'] == 0
    assert 0 <= found['casetrail_mailbox_fetched_seconds{mailbox="help@us.example"}'] < 60
    assert found['casetrail_replies_undelivered{state="failed"}'] == 0
    watching.note(mailbox=mailbox, cause="timeout", told="", by=factories.TESTER)
    found = numbers(client)
    assert found['casetrail_mailbox_failing{cause="timeout",mailbox="help@us.example"}'] == 1


@pytest.mark.django_db
@override_settings(METRICS_NETWORKS=[], METRICS_TOKEN=TOKEN)
def test_only_who_has_the_token_may_read(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    for wrong in ("Bearer nonsense", "Bearer ", "Bearer ü", TOKEN.upper()):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404
    assert numbers(client, Authorization=f"Bearer {TOKEN}")


@pytest.mark.django_db
@override_settings(METRICS_NETWORKS=["10.1.0.0/16"], METRICS_TOKEN="", TRUSTED_PROXIES=1)
def test_networks_are_those_of_the_client_behind_our_proxy() -> None:
    for address, status in (("10.1.2.3", 200), ("10.2.0.1", 404)):
        client = Client(REMOTE_ADDR="10.1.0.1", headers={"X-Forwarded-For": address})
        assert client.get("/metrics").status_code == status


@pytest.mark.django_db
@override_settings(METRICS_NETWORKS=[], METRICS_TOKEN="")
def test_nobody_may_read_where_nothing_is_set(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    empty = client.get("/metrics", headers={"Authorization": "Bearer "})
    assert empty.status_code == 404


@pytest.mark.django_db
def test_nothing_personal_stands_in_it(client: Client) -> None:
    factories.person(username="ana-reyes", email="ana@example.com")
    accounts.sign_in(accounts.browser(), "ana-reyes", "x")
    shown = client.get("/metrics").content.decode()
    assert "ana-reyes" not in shown
    assert "192.0.2.7" not in shown


def test_what_several_processes_count_is_one_sum(tmp_path: Path) -> None:
    environment = os.environ | {
        "METRICS_DIR": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }  # fmt: skip

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=local.PROJECT, text=True,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(COUNT.format(2))
    run(COUNT.format(3))
    assert 'casetrail_events_total{kind="request.opened",outcome="done"} 5.0' in run(READ)


def test_a_new_run_forgets_what_processes_counted_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gunicorn, "_metrics", str(tmp_path))
    gone, alive = tmp_path / "counter_999999999.db", tmp_path / f"counter_{os.getpid()}.db"
    gauge = tmp_path / "gauge_livesum_4711.db"
    for path in (gone, alive, gauge):
        path.touch()
    gunicorn.on_starting(None)
    assert (gone.exists(), alive.exists()) == (False, True)
    gauge.touch()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gunicorn.child_exit(None, SimpleNamespace(pid=4711))
    assert not gauge.exists()
