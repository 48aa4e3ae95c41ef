"""Keeps one PostgreSQL server running while anybody uses it and stops it after the last user.

Users hold a shared lock on a file; the kernel drops it however they end, kill -9 included. Started
as a detached script with the standard library alone: python -I -S keeper.py USERS DATA COMMAND...
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

_PAUSE = 0.005
_PATIENCE = 60.0


def server_pid(data: Path) -> int | None:
    """The process that serves this data folder, or None. A recycled process id does not fool it."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    try:
        if Path("/proc/self").exists():
            return pid if data.samefile(f"/proc/{pid}/cwd") else None
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return pid


def is_ready(data: Path) -> bool:
    """Whether the server says, in the last line of its lock file, that it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def stop(data: Path) -> None:
    """Stops the server: connections are ended, everything committed is on disk when it returns."""
    for sign in (signal.SIGINT, signal.SIGQUIT):
        pid = server_pid(data)
        if pid is None:
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        until = time.monotonic() + _PATIENCE
        while server_pid(data) == pid and time.monotonic() < until:
            time.sleep(_PAUSE)


def wait_until_ready(data: Path) -> bool:
    """Waits for a server that is starting, perhaps after a crash. False if there is none."""
    while server_pid(data) is not None:
        if is_ready(data):
            return True
        time.sleep(_PAUSE)
    return False


def _keep(users: str, data: Path, command: list[str], answer: int) -> None:
    """Runs in the detached process: start, say whether it worked, wait for the last user, stop."""
    os.setsid()
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    while server.poll() is None and server_pid(data) != server.pid:
        time.sleep(_PAUSE)
    ready = wait_until_ready(data)
    os.write(answer, b"1" if ready else b"0")
    os.close(answer)
    if not ready:
        server.kill()
        return

    def leave_with_server(_sign: int, _frame: FrameType | None) -> None:
        if server.poll() is not None:
            os._exit(0)

    def stop_now(_sign: int, _frame: FrameType | None) -> NoReturn:
        stop(data)
        os._exit(0)

    signal.signal(signal.SIGCHLD, leave_with_server)
    signal.signal(signal.SIGTERM, stop_now)
    with Path(users).open() as file:
        leave_with_server(0, None)
        fcntl.flock(file, fcntl.LOCK_EX)
        stop(data)


def main(users: str, data: str, *command: str) -> int:
    """Returns 0 as soon as the server takes connections, 1 if it could not start."""
    receiving, answering = os.pipe()
    if os.fork() == 0:
        os.close(receiving)
        _keep(users, Path(data), list(command), answering)
        os._exit(0)
    os.close(answering)
    return 0 if os.read(receiving, 1) == b"1" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
