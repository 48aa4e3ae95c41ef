"""`make run`: the local trial. Database, demo, web server and worker; Ctrl-C stops all of it."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config import embedded, local, programs

PORT = 8000
_PORTS = range(PORT, PORT + 50)
_PATIENCE = 30.0
_SET_DEATH_SIGNAL = 1
_WEB = ("-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi")
_WORKER = ("manage.py", "procrastinate", "worker")
# In the environment of both: the file descriptor of the terminal, see printed_mail.
TERMINAL = "CASETRAIL_TERMINAL"


def main() -> int | str:
    """Returns the exit status, or the sentence that says why it does not run."""
    named = [name for name in embedded.VARIABLES.values() if embedded.is_named(name, os.environ)]
    if named:
        return f"make run is a local trial with a database of its own; unset {', '.join(named)}."
    os.chdir(local.PROJECT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _interrupt)  # the terminal was closed
    try:
        with _alone(), embedded.for_command():
            return _run()
    except programs.CannotStart as refusal:
        return str(refusal)
    except KeyboardInterrupt:
        return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Refuses where this folder's trial runs already, and says at which address: a second one would
    write over the first one's logs."""
    local.FOLDER.mkdir(
        mode=0o700, exist_ok=True
    )  # without `make setup`, others say what is missing
    with _running().open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = _running().read_text() or "an address it is about to print"
            raise programs.CannotStart(
                f"Casetrail runs already, at {address}. Ctrl-C in its terminal stops it."
            ) from None
        held.truncate(0)
        yield


def _running() -> Path:
    return local.FOLDER / "running"


def _run() -> int | str:
    _prepare_database()
    port = free_port()
    if port is None:
        return f"All ports from {_PORTS[0]} to {_PORTS[-1]} are taken; stop one of those servers."
    os.environ["BIND"] = f"127.0.0.1:{port}"
    metrics = local.FOLDER / "metrics"
    metrics.mkdir(exist_ok=True)
    os.environ["METRICS_DIR"] = str(metrics)
    _begin()
    with _child("web server", _WEB) as web, _child("worker", _WORKER) as worker:
        if not _answers(port, web):
            return f"The web server did not start. The end of its log:\n{_log_end('web server')}"
        _show(port)
        while True:
            for name, child in (("web server", web), ("worker", worker)):
                if child.poll() is not None:
                    return f"The {name} ended by itself. The end of its log:\n{_log_end(name)}"
            time.sleep(0.5)


def _prepare_database() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if not _is_migrated():
        print("Preparing the database ...", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("load_demo", if_empty=True)
    connection.close()


def _begin() -> None:
    """As `make serve` does for the web server; the worker says it by itself."""
    from django.db import connection

    from config import lifetimes

    os.environ[lifetimes.VARIABLE] = str(lifetimes.begin(lifetimes.WEB))
    connection.close()


def _is_migrated() -> bool:
    from django.db import ProgrammingError, connection

    from audit import folded
    from config import health

    try:
        if folded.is_too_old(connection):
            raise programs.CannotStart(
                "This folder holds the trial of an earlier version, which this one cannot go on "
                f"with. Remove {local.FOLDER.name}/postgres and run it again for a new trial; what "
                "was done in the old one goes with it."
            )
        return not health.missing_migrations()
    except ProgrammingError:
        # Rights are granted last: a first migrate that was stopped has left the tables without.
        return False


def _show(port: int) -> None:
    from django.core.management import call_command

    address = f"http://127.0.0.1:{port}/"
    _running().write_text(address)
    print(f"\nCasetrail is at {address}\n")
    call_command("load_demo", show_sign_ins=True)
    print(f"\n{_where_mail_goes()}")
    print(f"Logs are in {local.FOLDER.name}/. Ctrl-C stops everything.", flush=True)


def _where_mail_goes() -> str:
    from django.conf import settings

    if not settings.PRINTS_MAIL:
        return f"Mail leaves through {settings.EMAIL_HOST}, since EMAIL_HOST is set."
    return f"Mail leaves for nowhere: a line here, and all of it in {local.FOLDER.name}/worker.log."


def free_port(ports: Sequence[int] = _PORTS) -> int | None:
    """The first port nobody listens on; says so when it is not the first one asked for."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != ports[0]:
            print(f"Port {ports[0]} is taken, so this one uses {port}.")
        return port
    return None


@contextmanager
def _child(name: str, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, so that Ctrl-C reaches only us and we stop it in order."""
    with _log(name).open("w") as log, _terminal() as terminal:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {TERMINAL: str(terminal)},
            pass_fds=(terminal,),
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - there are no threads yet
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def _terminal() -> Iterator[int]:
    """Ours once more, for the line that says that a mail would have left."""
    descriptor = os.dup(sys.stdout.fileno())
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _die_with_parent() -> None:
    """Asks the kernel to end this process when the supervisor ends in any way, kill -9 included."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)


def _answers(port: int, web: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _PATIENCE
    while web.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    return False


def _log(name: str) -> Path:
    return local.FOLDER / f"{name.replace(' ', '-')}.log"


def _log_end(name: str) -> str:
    return "\n".join(_log(name).read_text(errors="replace").splitlines()[-12:])


def _interrupt(_sign: int, _frame: object) -> None:
    # Once: a second signal must not break off the orderly stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
