"""Starts the project's own commands as a person would, and looks at what they leave behind."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

from config import local

PATIENCE = 120.0


def copy_of_project(target: Path) -> Path:
    """The project's own files; installed packages are shared, `.local/` is not there yet."""
    left_out = shutil.ignore_patterns(
        ".venv", ".local", ".git", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(local.PROJECT, target, ignore=left_out, dirs_exist_ok=True)
    (target / ".venv").symlink_to(local.PROJECT / ".venv")
    return target


def start(
    module: str, folder: Path, output: Path, environment: Mapping[str, str], *arguments: str
) -> subprocess.Popen[bytes]:
    """A command with no setting of these tests, its output in a file."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with output.open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def eventually(condition: Callable[[], object]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


def address_in(output: Path) -> str:
    found = re.search(r"http://(127\.0\.0\.1:\d+)/", output.read_text())
    assert found, output.read_text()
    return found[1]


def got(address: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """The answer of a server on this machine, its body already read."""
    return _fetched(address, path, headers)[0]


def text_of(address: str, path: str, **headers: str) -> str:
    return _fetched(address, path, headers)[1].decode()


def sent(address: str, path: str, **typed: str) -> int:
    """The status of the answer to the form of a page, filled in by somebody without a session."""
    page, html = _fetched(address, path, {})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html.decode())
    assert token
    cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        form = urlencode({"csrfmiddlewaretoken": token[1], **typed})
        kind = "application/x-www-form-urlencoded"
        connection.request("POST", path, form, {"Cookie": cookie, "Content-Type": kind})
        return connection.getresponse().status
    finally:
        connection.close()


def _fetched(
    address: str, path: str, headers: Mapping[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def left_in(folder: Path) -> list[str]:
    """The command lines of all processes that work in this folder or were started from it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(folder) in words or (process / "cwd").resolve().is_relative_to(folder):
                found.append(words)
        except OSError:
            continue
    return found
