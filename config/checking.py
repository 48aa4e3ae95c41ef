"""`manage.py configuration --check`: what of the settings is missing or unsafe in production.

It needs no database and no complete environment: what keeps the desk from starting is told here.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config import environment, local
from config.environment import Environment

WELL, FOUND = 0, 1
EXIT_CODES = "Ends with 0 when nothing is missing, wrong or unsafe, and with 1 when something is."
SAFE_MODES = ("require", "verify-ca", "verify-full")
WITH_SECOND_STEP = ("administrator", "auditor")


@dataclass(frozen=True)
class Finding:
    """``setting`` is empty where the sentence is about several."""

    setting: str
    kind: str  # missing, wrong or unsafe
    told: str


@dataclass(frozen=True)
class Setting:
    name: str
    source: str
    value: str


def settings_of(reader: Environment) -> list[Setting]:
    return [
        Setting(name, reader.source(name), environment.masked(name, value))
        for name, value in sorted(reader.effective.items())
    ]


def findings(reader: Environment) -> list[Finding]:
    found = [of_fault(reader, fault) for fault in reader.faults]
    for check in CHECKS:
        found += check(reader)
    return found


def of_fault(reader: Environment, fault: str) -> Finding:
    """Each sentence of the reader begins with the name it is about."""
    name = fault.partition(" ")[0].removesuffix("_FILE")
    kind = "missing" if " is not set" in fault else "wrong"
    return Finding(name if name in reader.effective else "", kind, fault)


def value(reader: Environment, name: str) -> str:
    return str(reader.effective.get(name, ""))


def unsafe(name: str, told: str) -> Finding:
    return Finding(name, "unsafe", told)


def trial(reader: Environment) -> Iterator[Finding]:
    if value(reader, "CASETRAIL_LOCAL") == "true":
        yield unsafe("CASETRAIL_LOCAL", "CASETRAIL_LOCAL is true: this is the local trial, in "
                     "plain http and with its own secrets. Leave it out.")  # fmt: skip
    if value(reader, "DEBUG") == "true":
        yield unsafe("DEBUG", "DEBUG is true: error pages show source and settings to everybody. "
                     "Leave it out.")  # fmt: skip


def hosts(reader: Environment) -> Iterator[Finding]:
    if "*" in value(reader, "ALLOWED_HOSTS").split(", "):
        yield unsafe("ALLOWED_HOSTS", "ALLOWED_HOSTS takes any name, so links in mails can be made "
                     "to lead elsewhere. Name the desk's own.")  # fmt: skip
    address = value(reader, "PUBLIC_URL")
    if address and not address.startswith("https://"):
        yield unsafe("PUBLIC_URL", f"PUBLIC_URL is {address}: links in mails would lead to a plain "
                     "address. Begin it with https://.")  # fmt: skip


def encryption(reader: Environment) -> Iterator[Finding]:
    if value(reader, "SECURE_SSL_REDIRECT") == "false":
        yield unsafe("SECURE_SSL_REDIRECT", "SECURE_SSL_REDIRECT is false: whoever types the name "
                     "stays on plain http. Leave it out.")  # fmt: skip
    if value(reader, "SECURE_HSTS_SECONDS") == "0":
        yield unsafe("SECURE_HSTS_SECONDS", "SECURE_HSTS_SECONDS is 0: browsers do not insist on "
                     "https. Leave it out, or give seconds.")  # fmt: skip
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "SEALER_DATABASE_URL"):
        if is_open_line(value(reader, name)):
            yield unsafe(name, f"{name} leads to another machine without sslmode=require or "
                         "better: what is asked and answered can be read on the way.")  # fmt: skip


def is_open_line(url: str) -> bool:
    parts = environment.url_parts(url)
    host = parts.get("hostaddr") or parts.get("host") or ""
    if not host or host.startswith("/") or host == "localhost" or is_loopback(host):
        return False
    return parts.get("sslmode") not in SAFE_MODES


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def roles(reader: Environment) -> Iterator[Finding]:
    if not value(reader, "MIGRATE_DATABASE_URL"):
        return
    owner = environment.url_parts(value(reader, "MIGRATE_DATABASE_URL")).get("user")
    if owner == environment.url_parts(value(reader, "DATABASE_URL")).get("user"):
        yield unsafe("DATABASE_URL", "DATABASE_URL names the owner of the tables: what serves "
                     "could disarm the recorder. Use the role that serves.")  # fmt: skip
        return
    yield unsafe("MIGRATE_DATABASE_URL", "MIGRATE_DATABASE_URL is set here: whoever gets into the "
                 "web server could disarm the recorder. Give it to manage.py migrate "
                 "alone.")  # fmt: skip


def proxies(reader: Environment) -> Iterator[Finding]:
    trusts = value(reader, "TRUST_X_FORWARDED_PROTO") == "true"
    if trusts and value(reader, "TRUSTED_PROXIES") == "0":
        yield unsafe("TRUSTED_PROXIES", "TRUSTED_PROXIES is 0 behind a proxy: all people seem to "
                     "come from one address and share one limit of attempts.")  # fmt: skip
    if not trusts and value(reader, "TRUSTED_PROXIES") not in ("", "0"):
        yield unsafe("TRUST_X_FORWARDED_PROTO", "TRUST_X_FORWARDED_PROTO is false behind a proxy: "
                     "every page is sent to https again and again.")  # fmt: skip
    for network in value(reader, "METRICS_NETWORKS").split(", "):
        if network.endswith("/0"):
            yield unsafe("METRICS_NETWORKS", f"METRICS_NETWORKS has {network}: everybody reads the "
                         "metrics. Name your own network.")  # fmt: skip


def people(reader: Environment) -> Iterator[Finding]:
    asked = value(reader, "SECOND_FACTOR_ROLES").split(", ")
    without = [role for role in WITH_SECOND_STEP if role not in asked]
    if without and value(reader, "CASETRAIL_LOCAL") != "true":
        yield unsafe("SECOND_FACTOR_ROLES", "SECOND_FACTOR_ROLES lacks "
                     f"{' and '.join(without)}: a stolen password is enough for what they "
                     "see.")  # fmt: skip


def places(reader: Environment) -> Iterator[Finding]:
    for name in ("ATTACHMENTS_ROOT", "STATIC_ROOT"):
        folder = Path(value(reader, name) or ".")
        if folder.is_relative_to(local.FOLDER) and value(reader, "CASETRAIL_LOCAL") != "true":
            yield Finding(name, "missing", f"{name} is not set: it would lie inside the release, "
                          "which the next one replaces.")  # fmt: skip
        elif name == "ATTACHMENTS_ROOT" and is_open(folder, stat.S_IRWXO):
            yield unsafe(name, f"{name} is {folder}, which every user of this machine may enter: "
                         "chmod o= on it.")  # fmt: skip
    if not reader.is_set("DEFAULT_FROM_EMAIL") and value(reader, "CASETRAIL_LOCAL") != "true":
        yield Finding("DEFAULT_FROM_EMAIL", "missing", "DEFAULT_FROM_EMAIL is not set: mails that "
                      "are no reply would come from localhost, and be refused.")  # fmt: skip


def files(reader: Environment) -> Iterator[Finding]:
    for name in sorted(reader.effective):
        path = reader.values.get(f"{name}_FILE", "")
        if path and environment.is_secret(name) and is_open(Path(path), stat.S_IROTH):
            yield unsafe(name, f"{name}_FILE is {path}, which every user of this machine may read: "
                         "chmod o= on it.")  # fmt: skip


def is_open(path: Path, mode: int) -> bool:
    try:
        return bool(path.stat().st_mode & mode)
    except OSError:
        return False  # what is not there yet, or not ours to look at, is nobody's to read


CHECKS: tuple[Callable[[Environment], Iterator[Finding]], ...] = (
    trial, hosts, encryption, roles, proxies, people, places, files,
)  # fmt: skip


def report(reader: Environment) -> dict[str, Any]:
    found = findings(reader)
    return {
        "ok": not found,
        "findings": [asdict(each) for each in found],
        "settings": [asdict(each) for each in settings_of(reader)],
    }


def lines(reader: Environment) -> Iterator[str]:
    for each in settings_of(reader):
        yield f"{each.name:28} {each.source:8} {each.value}"


def words(reader: Environment) -> Iterator[str]:
    """The settings, then what is wrong with them."""
    yield from lines(reader)
    found = findings(reader)
    yield ""
    yield from (f"{each.kind}: {each.told}" for each in found)
    yield f"{len(found)} to mend." if found else "Nothing is missing or unsafe."


def read() -> Environment:
    """The environment as the settings read it, however much of it is wrong."""
    try:
        from config import settings
    except environment.Incomplete as incomplete:
        return incomplete.environment
    return settings.CONFIGURATION


def main(arguments: list[str]) -> int:
    """For manage.py, which cannot load a command where the settings are not complete."""
    parser = argparse.ArgumentParser(
        prog="manage.py configuration", description=f"Check every setting. {EXIT_CODES}"
    )
    parser.add_argument("--check", action="store_true", required=True)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    reader = read()
    told = json.dumps(report(reader), indent=2) if options.json else "\n".join(words(reader))
    sys.stdout.write(f"{told}\n")
    return FOUND if findings(reader) else WELL
