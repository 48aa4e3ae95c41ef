"""The desk is told of backups by a file, and never takes silence for one."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config import backups, runbook
from config.items import GOOD, UNKNOWN, WARN, Item
from tests import factories
from tests.pages import signed_in, text

METRIC = "casetrail_backup_seconds "


@pytest.fixture
def stamp(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "last-backup"
    settings.BACKUP_STAMP = str(path)
    return path


def touched(path: Path, **ago: float) -> Item:
    path.touch()
    moment = (timezone.now() - timedelta(**ago)).timestamp()
    os.utime(path, (moment, moment))
    return backups.item({})


def told_by_metrics() -> list[float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    return [float(line.removeprefix(METRIC)) for line in lines if line.startswith(METRIC)]


def test_a_backup_of_tonight_is_good_and_its_age_is_told(stamp: Path) -> None:
    item = touched(stamp, hours=25, minutes=50)
    assert (item.state, item.told) == (GOOD, "The newest is 25 hours old.")
    assert touched(stamp, minutes=3).told == "The newest is less than an hour old."
    assert touched(stamp, minutes=61).told == "The newest is 1 hour old."


def test_after_twenty_six_hours_it_warns(stamp: Path) -> None:
    item = touched(stamp, hours=26, minutes=1)
    assert (item.state, item.told) == (WARN, "The newest is 26 hours old.")


def test_where_nothing_was_told_yet_it_warns(stamp: Path) -> None:
    assert backups.item({}).state == WARN


def test_a_moment_to_come_is_no_age(stamp: Path) -> None:
    assert touched(stamp, minutes=-4).state == GOOD
    assert touched(stamp, hours=-1).state == UNKNOWN


def test_what_cannot_be_looked_at_is_not_known(stamp: Path, settings: Any) -> None:
    stamp.touch()
    settings.BACKUP_STAMP = str(stamp / "inside")
    item = backups.item({})
    assert item.state == UNKNOWN
    assert "Not a directory" in item.told
    assert backups.age() is None


@pytest.mark.django_db
def test_the_page_says_that_it_is_not_told_where_the_setting_is_empty() -> None:
    ada = signed_in(factories.person("administrator", factories.entity()))
    shown = text(ada.get("/management/"))
    assert "Backup" in shown
    assert "Is not told: BACKUP_STAMP is not set" in shown
    assert told_by_metrics() == []


@pytest.mark.django_db
def test_the_page_and_the_metric_tell_its_age(stamp: Path) -> None:
    touched(stamp, hours=30)
    ada = signed_in(factories.person("administrator", factories.entity()))
    assert "The newest is 30 hours old." in text(ada.get("/management/"))
    [seconds] = told_by_metrics()
    assert 30 * 3600 <= seconds < 30 * 3600 + 600


def test_the_runbook_says_what_to_do() -> None:
    assert backups.RUNBOOK in {block.anchor for block in runbook.blocks()}
