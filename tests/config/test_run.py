"""`make run` starts everything a trial needs and leaves nothing running, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded, local, run
from tests.config import processes

# One after another in one process: they share a trial.
pytestmark = pytest.mark.xdist_group("run")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project in a folder with a space, as after `make setup`."""
    folder = processes.copy_of_project(tmp_path_factory.mktemp("a desk"))
    local.prepare(folder / ".local")
    yield folder
    assert processes.left_in(folder) == []


def started(trial: Path) -> tuple[subprocess.Popen[bytes], Path]:
    output = trial / ".local" / "output"
    child = processes.start("config.run", trial, output, {})
    assert processes.eventually(
        lambda: child.poll() is not None or "Ctrl-C stops" in output.read_text()
    )
    assert child.poll() is None, output.read_text()
    return child, output


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_names_a_sign_in_per_role_and_stops_with_all_it_started(
    trial: Path, sign: signal.Signals
) -> None:
    child, output = started(trial)
    assert processes.got(processes.address_in(output), "/livez").status == 200
    for role in ("Agent", "Lead", "Controller", "Accountant", "Auditor", "Administrator"):
        assert role in output.read_text()
    child.send_signal(sign)
    assert child.wait(60) == 0
    assert processes.left_in(trial) == []


@pytest.mark.slow
def test_the_worker_is_seen_within_a_minute(trial: Path) -> None:
    child, output = started(trial)
    address = processes.address_in(output)

    def is_ready() -> bool:
        try:
            return processes.got(address, "/readyz").status == 200
        except OSError:
            return False

    assert processes.eventually(is_ready)
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0


@pytest.mark.slow
def test_a_mail_that_would_leave_is_shown_in_the_terminal_and_whole_in_the_log(trial: Path) -> None:
    child, output = started(trial)
    assert "Mail leaves for nowhere: a line here, and all of it in .local/worker.log." in (
        output.read_text()
    )
    assert processes.sent(processes.address_in(output), "/sign-in/help/", email="ana") == 302
    assert processes.eventually(lambda: "Mail to ana@larkspur.example: " in output.read_text())
    mail = (trial / ".local/worker.log").read_text()
    assert "To: ana@larkspur.example" in mail
    assert "/sign-in/new-password/" in mail
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0


@pytest.mark.slow
def test_nothing_is_left_when_it_is_killed(trial: Path) -> None:
    child, _output = started(trial)
    child.kill()
    child.wait()
    assert processes.eventually(lambda: not processes.left_in(trial))


@pytest.mark.slow
def test_ctrl_c_while_it_prepares_leaves_nothing_and_the_next_one_goes_on(tmp_path: Path) -> None:
    folder = processes.copy_of_project(tmp_path / "a desk")
    local.prepare(folder / ".local")
    child = processes.start("config.run", folder, folder / ".local" / "output", {})
    assert processes.eventually(lambda: is_migrating(folder))
    assert ends_with_its_group(child) == 0
    assert processes.left_in(folder) == []
    child, _output = started(folder)
    assert ends_with_its_group(child) == 0
    assert processes.left_in(folder) == []


def is_migrating(folder: Path) -> bool:
    server = embedded.Server(folder=folder / ".local")
    try:
        with psycopg.connect(server.url("owner")) as connection:
            return connection.execute("SELECT FROM django_migrations").rowcount > 0
    except psycopg.Error:
        return False


def ends_with_its_group(child: subprocess.Popen[bytes]) -> int:
    """Ctrl-C, which a terminal sends to the whole group."""
    os.killpg(child.pid, signal.SIGINT)
    return child.wait(60)


@pytest.mark.slow
def test_a_second_one_in_the_same_folder_is_led_to_the_first(trial: Path) -> None:
    child, output = started(trial)
    address = processes.address_in(output)
    second = processes.start("config.run", trial, trial / ".local" / "second", {})
    assert second.wait(60) == 1
    said = (trial / ".local" / "second").read_text()
    assert f"Casetrail runs already, at http://{address}/." in said
    assert processes.got(address, "/livez").status == 200
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 0


@pytest.mark.slow
def test_it_ends_and_shows_the_log_when_the_web_server_dies(trial: Path) -> None:
    child, output = started(trial)
    servers = subprocess.run(
        ["pgrep", "-P", str(child.pid), "-f", "gunicorn"], capture_output=True, text=True
    )
    os.kill(int(servers.stdout.split()[0]), signal.SIGTERM)
    assert child.wait(60) == 1
    assert "The web server ended by itself" in output.read_text()
    assert processes.left_in(trial) == []


def test_a_port_that_is_taken_is_named_and_the_next_free_one_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        first, second = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        assert run.free_port([first, second]) == second
    assert f"Port {first} is taken" in capsys.readouterr().out


def test_no_port_is_found_when_all_are_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run.free_port([taken.getsockname()[1]]) is None


def test_it_refuses_a_database_that_somebody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in embedded.VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://casetrail_app@db.example/casetrail")
    assert run.main() == (
        "make run is a local trial with a database of its own; unset DATABASE_URL."
    )
