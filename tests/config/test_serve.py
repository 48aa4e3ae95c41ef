"""`make serve` starts a secure server from the environment alone, or says what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from audit import roles
from config import local
from tests.config import processes

HOST = {"Host": "desk.example.com"}
SECURE = {**HOST, "X-Forwarded-Proto": "https"}
# What psycopg_pool opens by default, and never exceeds.
POOL_SIZE = 4


@pytest.fixture
def served(production: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, Path]]:
    output = tmp_path / "output"
    child = processes.start("config.serve", local.PROJECT, output, production)
    try:
        assert processes.eventually(
            lambda: child.poll() is not None or "Booting worker" in output.read_text()
        )
        assert child.poll() is None, output.read_text()
        yield production["BIND"], output
    finally:
        child.terminate()
        child.wait(60)


@pytest.mark.slow
def test_it_serves_securely_and_logs_one_json_object_per_line(served: tuple[str, Path]) -> None:
    address, output = served
    secure = {"X-Forwarded-Proto": "https"}
    page = processes.got(address, "/sign-in/", **HOST, **secure)
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "secure" in page.headers["Set-Cookie"].lower()
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    its_id = page.headers["X-Request-ID"]
    assert [line["path"] for line in lines if line.get("request_id") == its_id] == ["/sign-in/"]


@pytest.mark.slow
def test_plain_http_is_redirected_but_probes_are_not(served: tuple[str, Path]) -> None:
    address, _output = served
    assert processes.got(address, "/sign-in/", **HOST).status == 301
    assert processes.got(address, "/livez", **HOST).status == 200
    assert processes.got(address, "/livez", Host="elsewhere.example").status == 400


@pytest.mark.slow
def test_stylesheets_are_named_by_their_content_and_kept_for_long(
    served: tuple[str, Path],
) -> None:
    address, _output = served
    page = processes.text_of(address, "/sign-in/", **SECURE)
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert sheets
    for sheet in sheets:
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        answer = processes.got(address, sheet, **SECURE)
        assert answer.status == 200
        assert "max-age=315360000" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.slow
def test_many_threads_share_the_connections_of_one_pool(
    served: tuple[str, Path], own_database: str
) -> None:
    address, _output = served
    unknown = {**SECURE, "Cookie": f"sessionid={'x' * 32}"}

    def look_up_a_session(_turn: int) -> int:
        return processes.got(address, "/requests/", **unknown).status

    with ThreadPoolExecutor(12) as people:
        assert set(people.map(look_up_a_session, range(48))) == {302}
    # Without a pool it would be one for each thread that ever asked.
    assert processes.eventually(lambda: sessions_besides_ours(own_database) == POOL_SIZE)


def sessions_besides_ours(database: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [database],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.slow
def test_it_names_whatever_is_missing(tmp_path: Path) -> None:
    output = tmp_path / "output"
    child = processes.start("config.serve", local.PROJECT, output, {})
    assert child.wait(60) == 1
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"):
        assert f"{name} is not set, for example" in output.read_text()
    assert "Traceback" not in output.read_text()


@pytest.mark.slow
def test_it_does_not_start_on_a_database_that_is_not_migrated(
    production: dict[str, str], tmp_path: Path
) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    output = tmp_path / "output"
    child = processes.start("config.serve", local.PROJECT, output, production)
    assert child.wait(60) == 1
    assert "migrations: 1 not applied" in output.read_text()


@pytest.mark.slow
def test_the_worker_does_not_start_on_a_weak_trail_either_and_says_so_in_words(
    production: dict[str, str], tmp_path: Path
) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_write ON requests_app_user")
    output = tmp_path / "output"
    child = processes.start(
        "manage", local.PROJECT, output, production, "procrastinate", "worker", "--one-shot"
    )
    assert child.wait(60) == 1
    assert "requests_app_user lacks the trigger audit_write" in output.read_text()
    assert "Traceback" not in output.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("command", [("config.serve",), ("gunicorn", "config.wsgi")])
def test_no_web_server_starts_on_a_weak_trail_and_each_says_so_in_the_same_words(
    production: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_write ON requests_app_user")
    output = tmp_path / "output"
    module, *arguments = command
    # A bare gunicorn reads none of our settings, so its address goes along in its own variable.
    its_own = {"GUNICORN_CMD_ARGS": f"--bind {production['BIND']}"}
    child = processes.start(module, local.PROJECT, output, production | its_own, *arguments)
    assert child.wait(60) > 0
    assert "requests_app_user lacks the trigger audit_write" in output.read_text()


@pytest.mark.slow
def test_the_worker_starts_on_a_whole_trail(production: dict[str, str], tmp_path: Path) -> None:
    output = tmp_path / "output"
    child = processes.start(
        "manage", local.PROJECT, output, production, "procrastinate", "worker", "--one-shot"
    )
    assert child.wait(60) == 0, output.read_text()
    assert "Launching a worker" in output.read_text()
