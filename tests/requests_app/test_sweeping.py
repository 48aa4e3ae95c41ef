"""What no row needs goes from the storage, also after a process was killed in between."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from requests_app import services, storage
from requests_app.files.tasks import sweep_files
from requests_app.models import Attachment, Entity
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage(settings: Any, tmp_path: Path) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path


@pytest.fixture
def attachment(entity: Entity) -> Attachment:
    return services.attach(
        support_request=factories.support_request(entity=entity), name="a.txt", content=b"words",
        by=factories.TESTER,
    )  # fmt: skip


def aged(path: Path) -> Path:
    os.utime(path, (0, 0))
    return path


def test_a_redacted_file_whose_process_was_killed_is_destroyed_by_the_task(
    attachment: Attachment,
) -> None:
    lead = factories.person("lead", attachment.support_request.entity)
    services.redact_attachment(attachment=attachment, by=factories.actor(lead), reason="Malware")
    assert storage.path_of(attachment.storage_key).exists()  # no commit in a test: nothing called
    sweep_files(timestamp=1)
    assert not storage.path_of(attachment.storage_key).exists()
    assert Event.objects.get(kind="storage.swept").detail == {"redacted": 1, "unfinished": 0}


def test_a_second_sweep_finds_nothing_and_says_nothing(attachment: Attachment) -> None:
    sweep_files(timestamp=1)
    assert storage.path_of(attachment.storage_key).exists()
    assert not Event.objects.filter(kind="storage.swept").exists()


def test_what_was_received_and_never_kept_goes_after_a_day() -> None:
    old, new = storage.take(b"old", 100), storage.take(b"new", 100)
    aged(old.path)
    sweep_files(timestamp=1)
    assert (old.path.exists(), new.path.exists()) == (False, True)


def test_a_file_without_a_row_goes_only_where_an_operator_says_so(attachment: Attachment) -> None:
    orphan = aged(storage.path_of(storage.keep(storage.take(b"lost", 100))))
    young = storage.path_of(storage.keep(storage.take(b"young", 100)))
    aged(storage.path_of(attachment.storage_key))
    told = StringIO()
    call_command("sweep_files", stdout=told)
    assert "1 files have no row: left; --orphans destroys them." in told.getvalue()
    assert orphan.exists()
    call_command("sweep_files", "--orphans", stdout=told)
    assert "1 files have no row: destroyed." in told.getvalue()
    assert not orphan.exists()
    assert young.exists()
    assert storage.path_of(attachment.storage_key).exists()
    event = Event.objects.get(kind="storage.swept")
    assert (event.detail["orphans"], event.actor_kind) == (1, "command")


def test_a_rehearsal_counts_and_destroys_nothing(attachment: Attachment) -> None:
    lead = factories.person("lead", attachment.support_request.entity)
    services.redact_attachment(attachment=attachment, by=factories.actor(lead), reason="Malware")
    unfinished = aged(storage.take(b"old", 100).path)
    orphan = aged(storage.path_of(storage.keep(storage.take(b"lost", 100))))
    told = StringIO()
    call_command("sweep_files", "--dry-run", "--orphans", stdout=told)
    assert told.getvalue() == (
        "To destroy: 1 redacted and 1 unfinished files.\n1 files have no row: to destroy.\n"
    )
    told = StringIO()
    call_command("sweep_files", "--dry-run", "--json", stdout=told)
    assert json.loads(told.getvalue()) == {
        "redacted": 1, "unfinished": 1, "orphans": 1, "dry_run": True,
    }  # fmt: skip
    kept = storage.path_of(attachment.storage_key)
    assert all(path.exists() for path in (unfinished, orphan, kept))
    assert not Event.objects.filter(kind="storage.swept").exists()


def test_destroying_again_does_nothing(attachment: Attachment) -> None:
    assert storage.destroy(attachment.storage_key) is True
    assert storage.destroy(attachment.storage_key) is False


def test_files_that_are_gone_or_changed_are_found_and_redacted_ones_are_not_missed(
    attachment: Attachment,
) -> None:
    row = attachment.support_request
    changed, gone, redacted = (
        services.attach(support_request=row, name=name, content=name.encode(), by=factories.TESTER)
        for name in ("b.txt", "c.txt", "d.txt")
    )
    told = StringIO()
    call_command("check_files", stdout=told)
    assert told.getvalue() == "4 files looked at, 0 not as they were stored.\n"
    lead = factories.actor(factories.person("lead", row.entity))
    services.redact_attachment(attachment=redacted, by=lead, reason="Malware")
    storage.destroy(redacted.storage_key)
    storage.destroy(gone.storage_key)
    storage.path_of(changed.storage_key).write_bytes(b"other")
    told = StringIO()
    with pytest.raises(CommandError, match="2 not as they were stored") as failed:
        call_command("check_files", "--json", stdout=told)
    assert failed.value.returncode == 1
    assert json.loads(told.getvalue()) == {"files": 3, "wrong": [
        {"attachment": changed.pk, "fault": "its content has another SHA-256"},
        {"attachment": gone.pk, "fault": "it cannot be read"},
    ]}  # fmt: skip
