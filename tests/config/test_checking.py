"""`configuration --check` names what is missing or unsafe, and shows no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import checking, environment, local

HUSH = "h-u-s-h"
COMPLETE = {
    "DATABASE_URL": f"postgresql://casetrail_app:{HUSH}@db.example/casetrail?sslmode=verify-full",
    "SECRET_KEY": "Vq7RzJ4mTn0cYb2LxWd9Kf6Hs1Pg8Ue3Ao5Ii-EtXw_NyBvGkTp4Zr",
    "ALLOWED_HOSTS": "desk.example.com",
    "STATIC_ROOT": "/var/lib/casetrail/static",
    "ATTACHMENTS_ROOT": "/var/lib/casetrail/attachments",
    "DEFAULT_FROM_EMAIL": "desk@example.com",
    "TRUST_X_FORWARDED_PROTO": "true",
    "TRUSTED_PROXIES": "1",
    "METRICS_TOKEN": HUSH,
}


def check(*words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in (COMPLETE | changed).items() if value}
    return subprocess.run(
        [sys.executable, "manage.py", "configuration", "--check", *words],
        cwd=local.PROJECT, env={"PATH": os.environ["PATH"], **given}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip


def found(**changed: str) -> list[tuple[str, str]]:
    """The setting and kind of each finding, in a process of its own: settings are read once."""
    told = json.loads(check("--json", **changed).stdout)
    return [(each["setting"], each["kind"]) for each in told["findings"]]


def test_a_complete_environment_passes_and_no_secret_is_shown() -> None:
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Nothing is missing or unsafe.\n")
    assert HUSH not in done.stdout
    assert COMPLETE["SECRET_KEY"] not in done.stdout


def test_an_empty_environment_is_told_whole_and_not_loaded() -> None:
    done = check("--json", **dict.fromkeys(COMPLETE, ""))
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert told["ok"] is False
    assert {each["setting"] for each in told["findings"]} == {
        "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "ATTACHMENTS_ROOT", "STATIC_ROOT",
        "DEFAULT_FROM_EMAIL",
    }  # fmt: skip
    assert {each["kind"] for each in told["findings"]} == {"missing"}
    assert all(each["told"].startswith(each["setting"]) for each in told["findings"])


def test_each_setting_has_its_source(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(HUSH)
    token.chmod(0o640)
    done = check("--json", METRICS_TOKEN="", METRICS_TOKEN_FILE=str(token))
    assert done.returncode == 0, done.stdout
    shown = {each["name"]: each for each in json.loads(done.stdout)["settings"]}
    assert (shown["METRICS_TOKEN"]["source"], shown["METRICS_TOKEN"]["value"]) == (
        "file", "(secret)",
    )  # fmt: skip
    assert (shown["TRUSTED_PROXIES"]["source"], shown["TRUSTED_PROXIES"]["value"]) == ("set", "1")
    assert shown["DEBUG"]["source"] == "default"
    assert HUSH not in done.stdout


def reader(**changed: str) -> environment.Environment:
    """An environment as the settings would have read it."""
    given = COMPLETE | {
        "SECURE_SSL_REDIRECT": "true", "SECURE_HSTS_SECONDS": "31536000", "DEBUG": "false",
        "SECOND_FACTOR_ROLES": "administrator, auditor", "PUBLIC_URL": "https://desk.example.com",
    } | changed  # fmt: skip
    made = environment.Environment(given)
    for name in given:
        made.text(name)
    return made


@pytest.mark.parametrize(("name", "value", "words"), [
    ("DEBUG", "true", "error pages show source"),
    ("CASETRAIL_LOCAL", "true", "the local trial"),
    ("ALLOWED_HOSTS", "*", "takes any name"),
    ("PUBLIC_URL", "http://desk.example.com", "Begin it with https://"),
    ("SECURE_SSL_REDIRECT", "false", "stays on plain http"),
    ("SECURE_HSTS_SECONDS", "0", "do not insist on https"),
    ("DATABASE_URL", "postgresql://a:b@db.example/c", "can be read on the way"),
    ("MIGRATE_DATABASE_URL", "postgresql://owner:b@localhost/c", "disarm the recorder"),
    ("DATABASE_URL", "postgresql://owner:b@localhost/c", "names the owner"),
    ("TRUSTED_PROXIES", "0", "share one limit"),
    ("TRUST_X_FORWARDED_PROTO", "false", "again and again"),
    ("METRICS_NETWORKS", "0.0.0.0/0", "everybody reads the metrics"),
    ("SECOND_FACTOR_ROLES", "administrator", "lacks auditor"),
    ("ATTACHMENTS_ROOT", str(local.FOLDER / "attachments"), "inside the release"),
    ("DEFAULT_FROM_EMAIL", "", "come from localhost"),
])  # fmt: skip
def test_what_is_unsafe_is_told_in_a_sentence(name: str, value: str, words: str) -> None:
    owner = {"MIGRATE_DATABASE_URL": value} if words == "names the owner" else {}
    told = [each.told for each in checking.findings(reader(**{name: value}, **owner))]
    assert any(words in each for each in told), told
    assert HUSH not in " ".join(told)


def test_a_complete_reading_has_no_finding() -> None:
    assert checking.findings(reader()) == []


def test_what_everybody_may_read_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    token = tmp_path / "token"
    token.write_text(HUSH)
    token.chmod(0o644)
    open_folder = reader(ATTACHMENTS_ROOT=str(tmp_path))
    assert [each.setting for each in checking.findings(open_folder)] == ["ATTACHMENTS_ROOT"]
    open_file = reader(METRICS_TOKEN_FILE=str(token), METRICS_TOKEN="")
    assert [each.setting for each in checking.findings(open_file)] == ["METRICS_TOKEN"]
    token.chmod(0o640)
    assert checking.findings(open_file) == []


def test_what_is_wrong_is_told_with_its_name() -> None:
    assert found(DEBUG="perhaps", UPLOAD_MAX_BYTES="1000") == [
        ("DEBUG", "wrong"), ("UPLOAD_MAX_BYTES", "wrong"),
    ]  # fmt: skip
