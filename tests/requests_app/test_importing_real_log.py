"""The real help-desk log: what the database holds after its import is what the file shows."""

from __future__ import annotations

import csv
import io
import lzma
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from audit import actors
from audit.models import Event
from requests_app import people
from requests_app.importing import running
from requests_app.importing.running import Result, Task
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Entity, ImportRun, SupportRequest, User
from tests import factories
from tests.pages import address, body, signed_in, text
from tests.requests_app import importing_source as source

pytestmark = pytest.mark.django_db

BY = actors.command("import_requests")
NOT_COMPARED = {
    "number",
    "sys_updated_by",
    "sys_updated_at",
    "sys_mod_count",
    "resolved_by",
    "resolved_at",
    "closed_at",
    "closed_code",
}
COLUMNS = {
    "status": "incident_state",
    "priority": "priority",
    "category": "category",
    "customer_id": "caller_id",
}


@pytest.fixture
def entity() -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


def load(path: Path, entity: Entity) -> Result:
    task = Task(path, SERVICENOW_INCIDENT, entity, ZoneInfo("UTC"), Rejects(None))
    return running.import_file(task, by=BY)


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path) as packed, io.TextIOWrapper(packed, newline="") as text:
        yield from csv.DictReader(text)


def changes_in_the_file(path: Path) -> Counter[str]:
    """Counted without any code of the importer."""
    found: Counter[str] = Counter()
    last: dict[str, dict[str, str]] = {}
    for row in rows_of(path):
        before = last.get(row["number"], row)
        found.update(name for name in row if name not in NOT_COMPARED and row[name] != before[name])
        last[row["number"]] = row
    return found


def changes_in_the_database() -> Counter[str]:
    """Of consecutive versions of each request, as the trail holds them."""
    found: Counter[str] = Counter()
    fields = [
        field.attname
        for field in SupportRequest.history.model._meta.concrete_fields
        if field.name not in {"history_id", "history_date", "history_type", "event", "salt"}
    ]
    before: dict[str, object] = {}
    for version in SupportRequest.history.order_by("id", "history_id").values(*fields).iterator():
        custom = version.pop("custom")
        now = version | {f"custom {name}": value for name, value in custom.items()}
        if before.get("id") == now["id"]:
            found.update(
                COLUMNS.get(name, name.removeprefix("custom "))
                for name in now
                if now[name] != before[name]
            )
        before = now
    return found


def kept_counts(result: Result) -> dict[str, Any]:
    """As the import's account in the database has them, not as the import returned them."""
    assert result.run is not None
    counts: dict[str, Any] = ImportRun.objects.get(pk=result.run.pk).report["counts"]
    return counts


def events() -> int:
    return Event.objects.filter(channel="import", support_request_id__isnull=False).count()


@source.needs_demo
def test_the_differences_of_the_versions_are_those_of_the_file(entity: Entity) -> None:
    result = load(source.DEMO, entity)
    expected = changes_in_the_file(source.DEMO)
    assert changes_in_the_database() == expected
    assert kept_counts(result)["changes"] == dict(expected)
    assert kept_counts(result) == result.report["counts"]
    assert events() == result.report["imported"] == 2_040
    assert SupportRequest.objects.count() == 300
    pages_show_the_first_rows_of_the_file(factories.person("agent", entity))


def pages_show_the_first_rows_of_the_file(agent: User) -> None:
    """List, page, comparison and export of the first incidents, each as its last row has it."""
    last: dict[str, dict[str, str]] = {}
    for row in rows_of(source.DEMO):
        last[row["number"]] = row
    client = signed_in(agent)
    exported = exported_by(client)
    assert len(exported) == len(last)
    for row in list(last.values())[:3]:
        opened = SupportRequest.objects.get(source_number=row["number"])
        found = client.get("/requests/", {"q": row["number"]})
        page = client.get(address(opened), {"show": "everything"})
        compared = client.get(f"/compare/requests_app.supportrequest/{opened.pk}/?fields=all")
        assert [found.status_code, page.status_code, compared.status_code] == [200] * 3
        assert opened.number in text(found)
        for value in (row["number"], row["caller_id"], row["category"], row["sys_updated_by"]):
            assert value in text(page)
        assert row["assignment_group"] in text(compared)
        of_export = exported[row["number"]]
        assert (of_export["number"], of_export["category"], of_export["customer"]) == (
            opened.number,
            row["category"],
            row["caller_id"],
        )


def exported_by(client: Client) -> dict[str, dict[str, str]]:
    """By the number at the source."""
    answer = client.get("/requests/export.csv")
    assert answer.status_code == 200
    lines = io.StringIO(body(answer).decode(), newline="")
    return {line["source_number"]: line for line in csv.DictReader(lines)}


@source.needs_full
@pytest.mark.slow
def test_the_whole_log_over_its_beginning_adds_each_row_once(entity: Entity) -> None:
    load(source.DEMO, entity)
    result = load(source.FULL, entity)
    assert (result.report["imported"], result.report["skipped"]) == (99_005, 2_040)
    assert result.report["rejected"] == 0
    assert events() == 101_045
    assert SupportRequest.objects.count() == 17_136
    expected = changes_in_the_file(source.FULL)
    assert expected.total() == 131_014
    assert changes_in_the_database() == expected
    assert kept_counts(result) == source.WHOLE_LOG | {"changes": dict(expected)}
    kinds = Counter(
        Event.objects.filter(channel="import", support_request_id__isnull=False).values_list(
            "kind", flat=True
        )
    )
    assert kinds == {
        "request.opened": 17_136 - 6_260,
        "request.first_seen": 6_260,
        "request.updated": 83_909,
    }
    again = load(source.FULL, entity)
    assert (again.report["imported"], again.report["skipped"]) == (0, 101_045)
    assert kept_counts(again) == kept_counts(result)
    assert events() == 101_045
