"""Asks the virus scanner, if one is set. It fails closed: what could not be scanned is refused."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

TIMEOUT = 120
FUNCTION = re.compile(r"[\w.]+:\w+")
FOUND = re.compile(r": (.+) FOUND\s*$", re.MULTILINE)


class ScannerFailed(Exception):
    """The scanner gave no verdict."""


@dataclass(frozen=True)
class Verdict:
    """``scanner`` is empty if none is set; ``malware`` names what was found."""

    scanner: str = ""
    malware: str = ""


def scan(path: Path) -> Verdict:
    """Raises ScannerFailed where a scanner is set and does not answer."""
    named = settings.ATTACHMENT_SCANNER
    if not named:
        return Verdict()
    try:
        if FUNCTION.fullmatch(named):
            return Verdict(named, str(function(named)(path) or ""))
        return Verdict(named.split()[0].rpartition("/")[2], asked(shlex.split(named), path))
    except Exception as error:
        raise ScannerFailed(type(error).__name__) from error


def function(named: str) -> Callable[[Path], str]:
    """``package.module:function``, which returns the malware's name, or an empty text."""
    found: Callable[[Path], str] = import_string(named.replace(":", "."))
    return found


def asked(command: list[str], path: Path) -> str:
    """As clamscan and clamdscan answer: 0 for clean, 1 for infected with the name in the output;
    any other end is a failure."""
    done = subprocess.run(
        [*command, str(path)], capture_output=True, text=True, timeout=TIMEOUT, check=False,
        errors="replace",
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise ScannerFailed(f"{command[0]} ended with {done.returncode}")
    found = FOUND.search(done.stdout)
    return "" if done.returncode == 0 else (found[1] if found else "malware")


def scanner_is_there(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.Error]:
    """System check: a scanner that is set and missing would refuse every file."""
    named = settings.ATTACHMENT_SCANNER
    if not named:
        return []
    try:
        is_there = (
            callable(function(named))
            if FUNCTION.fullmatch(named)
            else shutil.which(shlex.split(named)[0]) is not None
        )
    except (ImportError, ValueError, IndexError):
        is_there = False
    if is_there:
        return []
    hint = "Name a program that is installed, or package.module:function; leave it empty for none."
    return [
        checks.Error(f"ATTACHMENT_SCANNER is {named!r}, which is not there", hint=hint,
                     id="requests_app.E001")
    ]  # fmt: skip
