"""Imported requests are browsed beside native ones, with what is odd about them in words."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from audit.models import Event
from requests_app.importing import running
from requests_app.importing.running import Task
from requests_app.importing.source.profiles import SERVICENOW_INCIDENT
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import body, signed_in, text, whole
from tests.requests_app import importing_source as source
from tests.requests_app.importing_source import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def native(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity, subject="Wet linen")


@pytest.fixture
def imported(tmp_path: Path, entity: Entity, native: SupportRequest) -> SupportRequest:
    """Under way when the log began; then three updates lost, then a step backwards."""
    path = source.write(
        tmp_path / "log.csv",
        row(incident_state="Active"),
        row(incident_state="Active", sys_mod_count="4", assigned_to="Resolver 6",
            sys_updated_by="Updated by 40", sys_updated_at="29/2/2016 08:00"),
        row(incident_state="Active", sys_mod_count="2", assigned_to="Resolver 7",
            sys_updated_at="29/2/2016 07:00"),
    )  # fmt: skip
    task = Task(path, SERVICENOW_INCIDENT, entity, ZoneInfo("UTC"), Rejects(None), 1_000)
    running.import_file(task, by=factories.TESTER)
    return SupportRequest.objects.get(source_number="INC1")


def test_the_list_and_the_export_have_both(
    native: SupportRequest, imported: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    shown = text(client.get("/requests/"))
    rows = csv.DictReader(io.StringIO(body(client.get("/requests/export.csv")).decode()))
    assert native.number in shown
    assert imported.number in shown
    assert {each["number"]: (each["source_number"], each["channel"]) for each in rows} == {
        native.number: ("", "mail"),
        imported.number: ("INC1", "import"),
    }


def test_an_imported_request_is_found_by_its_number_at_the_source(
    native: SupportRequest, imported: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get("/requests/?q=INC1"))
    assert imported.number in shown
    assert native.number not in shown


def test_its_trail_says_who_acted_and_when_by_the_word_of_the_source(
    imported: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get(whole(imported)))
    assert "at the source INC1" in shown
    assert "Updated by 40 Import updated the request at the source" in shown
    assert "happened, as claimed, 29 Feb 2016, 08:00:00 UTC" in shown
    assert f"recorded {datetime.now(tz=UTC):%-d %b %Y}, " in shown
    assert "because of Import" in shown


def test_its_trail_says_what_is_odd_about_the_source(imported: SupportRequest, agent: User) -> None:
    shown = text(signed_in(agent).get(whole(imported)))
    assert "first shows this request; its creation was not logged at the source" in shown
    assert "opened the request" not in shown
    for remark in (
        "Updates missing at the source before this one: 3.",
        "Its order number at the source is lower than that of the one before.",
        "Its time at the source is earlier than that of the one before.",
    ):
        assert shown.count(remark) == 1


def test_a_field_the_model_lacks_is_compared_like_any_other(
    imported: SupportRequest, agent: User
) -> None:
    shown = text(signed_in(agent).get(f"/compare/requests_app.supportrequest/{imported.pk}/"))
    assert "1 of " in shown
    assert "removed: Resolver 6 → added: Resolver 7" in shown


def test_the_page_of_its_event_shows_claim_and_oddity(
    imported: SupportRequest, agent: User
) -> None:
    event = Event.objects.get(detail__updates_lost_before=3)
    shown = text(signed_in(agent).get(f"/events/{event.pk}/"))
    for words in (
        "Actor Updated by 40", "Kind of actor Import", "Channel Import",
        "Happened, as claimed 29 Feb 2016, 08:00:00 UTC", "Updates lost before 3", "Source line 3",
    ):  # fmt: skip
        assert words in shown
