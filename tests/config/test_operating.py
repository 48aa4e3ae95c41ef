"""What docs/operating.md and the samples under deploy/ say is what the project does."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands

from audit.models import Event
from config import environment, local, settings
from requests_app.models import Entity
from tests import accounts
from tests.config.command_blocks import block
from tests.test_documents import READS_SETTING

OPERATING = (local.PROJECT / "docs/operating.md").read_text()
CONFIGURATION = (local.PROJECT / "docs/configuration.md").read_text()
UNITS = sorted((local.PROJECT / "deploy/systemd").iterdir())
NEEDED = {"DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS"}


def settings_read() -> set[str]:
    sources = [path.read_text() for path in (local.PROJECT / "config").glob("*.py")]
    return {name for source in sources for name in READS_SETTING.findall(source)} | NEEDED


def test_the_tables_of_settings_name_those_that_are_read_and_no_others() -> None:
    rows = [line.split("|")[1] for line in CONFIGURATION.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    assert told == settings_read() - {"CASETRAIL_LOCAL"}


def test_settings_named_in_the_operating_document_exist() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})`|^([A-Z][A-Z_]+)=", OPERATING, re.MULTILINE))
    names = {name for pair in named for name in pair if name}
    assert len(names) > 8
    assert names <= settings_read()


def test_commands_named_in_the_operating_document_exist() -> None:
    named = set(re.findall(r"manage\.py (\w+)", OPERATING))
    assert {"migrate", "ready", "configuration", "first_administrator"} <= named
    assert named <= set(get_commands())


def test_every_metric_of_ours_is_told() -> None:
    source = (local.PROJECT / "config/metrics.py").read_text()
    names = set(re.findall(r'"(casetrail_\w+)"', source)) | {"casetrail_events_total"}
    assert {name for name in names if f"`{name}`" not in OPERATING} == set()


def test_the_sample_for_cron_is_the_backup_that_is_told() -> None:
    """And what is told is tried in test_command_blocks.py, its stamp included."""
    sample = (local.PROJECT / "deploy/cron/casetrail-backup").read_text()
    assert block("operating", "pg_dump --format=custom") in sample
    assert "\nset -eu\n" in sample
    assert sample.endswith('\ntouch "$BACKUP_STAMP"\n')


def test_files_it_names_exist() -> None:
    for name in re.findall(r"`((?:deploy|docs)/[\w./-]+)`", OPERATING):
        assert (local.PROJECT / name).exists(), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_run_without_root_on_a_file_system_that_is_read_only(unit: Path) -> None:
    text = unit.read_text()
    if unit.suffix == ".service":
        for line in ("User=casetrail", "NoNewPrivileges=yes", "ProtectSystem=strict",
                     "CapabilityBoundingSet="):  # fmt: skip
            assert f"\n{line}\n" in text
        command = re.search(r"manage\.py (\w+)|-m (config\.serve)", text)
        assert command is not None
        assert command[2] or command[1] in get_commands()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program and user of a real installation are not on this machine.
        text = unit.read_text().replace("/opt/casetrail/.venv/bin/python", "/bin/true")
        text = text.replace("=casetrail\n", "=daemon\n", 1).replace("Group=casetrail\n", "")
        (tmp_path / unit.name).write_text(text)
    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True,
    )  # fmt: skip
    assert "Unknown" not in checked.stderr
    assert not [line for line in checked.stderr.splitlines() if "casetrail" in line], checked.stderr


def test_the_proxy_sends_the_headers_that_settings_believe() -> None:
    sample = (local.PROJECT / "deploy/nginx/casetrail.conf").read_text()
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in sample
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in sample
    assert "location = /metrics" in sample


def test_the_proxy_lets_a_little_more_through_than_the_desk_takes() -> None:
    sample = (local.PROJECT / "deploy/nginx/casetrail.conf").read_text()
    found = re.search(r"client_max_body_size (\d+)m;", sample)
    assert found is not None
    let_through, taken = int(found[1]) * 2**20, settings.UPLOAD_MAX_BYTES
    assert 0 < let_through - taken <= 5 * 2**20
    assert taken > 4 * settings.ATTACHMENT_MAX_BYTES
    assert f"larger than {taken // 2**20} MB" in sample
    assert "client_max_body_size 112m" in (local.PROJECT / "docs/files.md").read_text()


def test_the_configuration_is_printed_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = environment.Environment({
        "SECRET_KEY": "k" * 60, "METRICS_TOKEN": "hush", "TRUSTED_PROXIES": "2",
        "DATABASE_URL": "postgresql://app:hush@db/casetrail?password=hush",
    })  # fmt: skip
    reader.secret_key()
    reader.text("METRICS_TOKEN")
    reader.integer("TRUSTED_PROXIES", default=0)
    reader.integer("WEB_THREADS", default=4)
    reader.text("DATABASE_URL")
    monkeypatch.setattr("django.conf.settings.CONFIGURATION", reader)
    out = StringIO()
    call_command("configuration", stdout=out)
    shown = {line.split()[0]: line.split()[1:] for line in out.getvalue().splitlines()}
    assert "hush" not in out.getvalue()
    assert "kkk" not in out.getvalue()
    assert shown["TRUSTED_PROXIES"] == ["set", "2"]
    assert shown["WEB_THREADS"] == ["default", "4"]
    assert shown["DATABASE_URL"][1].startswith("postgresql://app:(secret)@db/")


def test_every_setting_that_is_read_is_printed() -> None:
    shown = set(settings.CONFIGURATION.effective)
    own = settings_read() - NEEDED - {"WEB_WORKERS", "WEB_THREADS"}
    assert own <= shown | {"SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_SUBDOMAINS",
                           "SECURE_HSTS_PRELOAD"}  # fmt: skip


@pytest.mark.django_db
def test_ready_says_what_is_not_well() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match=r"Not ready: worker\."):
        call_command("ready", stdout=out)
    assert "database     ok" in out.getvalue()


@pytest.mark.django_db
def test_before_the_worker_is_started_ready_does_without_it() -> None:
    out = StringIO()
    call_command("ready", "--before-start", stdout=out)
    assert "worker" not in out.getvalue()
    assert "triggers     ok" in out.getvalue()


def test_each_of_our_commands_says_how_it_ends_in_the_document() -> None:
    own = {
        path.stem for folder in ("audit", "config", "finance", "requests_app")
        for path in (local.PROJECT / folder / "management/commands").glob("[a-z]*.py")
    }  # fmt: skip
    section = OPERATING.partition("## Commands")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z_]+)`", section))
    assert own - told == {"makemigrations", "migrate", "procrastinate"}  # other people's


@pytest.mark.django_db
def test_the_first_administrator_sets_a_password_and_is_the_only_first_one() -> None:
    given = {
        "entity": "US", "name": "Example Inc.", "currency": "USD", "username": "ada",
        "display_name": "Ada Whitlock", "email": "ada@example.com",
    }  # fmt: skip
    out = StringIO()
    call_command("first_administrator", stdout=out, **given)
    link = re.search(r"https?://[^/]+(/\S+)", out.getvalue())
    assert link is not None
    client = accounts.browser()
    form = client.get(link[1]).headers["Location"]
    client.post(form, {"password1": "a battery of staples", "password2": "a battery of staples"})
    assert accounts.sign_in(client, "ada", "a battery of staples").status_code == 302
    assert client.get("/management/").status_code == 200
    assert Event.objects.get(kind="role.granted").actor_kind == "command"
    with pytest.raises(CommandError, match="There is an entity already"):
        call_command("first_administrator", **given | {"username": "eve"})


@pytest.mark.django_db
def test_a_first_administrator_with_a_wrong_code_leaves_nothing_behind() -> None:
    given = {
        "entity": "us", "name": "Example Inc.", "currency": "USD", "username": "ada",
        "display_name": "Ada", "email": "ada@example.com",
    }  # fmt: skip
    with pytest.raises(CommandError, match="Use 2 to 8 capitals"):
        call_command("first_administrator", **given)
    assert not Entity.objects.exists()
