"""A source that differs in every way a profile can say: nothing of the first one is built in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from audit import actors
from audit.models import Event
from requests_app import people
from requests_app.importing import running
from requests_app.importing.running import Result, Task
from requests_app.importing.source.profiles import Field, Profile
from requests_app.importing.source.rejects import Rejects
from requests_app.models import Customer, Entity, SupportRequest

pytestmark = pytest.mark.django_db

BY = actors.command("import_requests")
TICKETS = Profile(
    name="tickets",
    version=4,
    number="Ticket",
    actor="Agent",
    time="Changed",
    time_format="%m-%d-%y %I.%M %p",
    order="Revision",
    received="Arrived",
    customer="Client",
    fields=(
        Field("State", "status", {"fresh": "triaged", "busy": "in_progress", "done": "resolved"}),
        Field("Urgency", "priority", {"A": "critical", "B": "low"}),
        Field("Title", "subject", unknown="(no title)"),
        Field("Invoice", "invoice_reference", unknown=""),
    ),
    opening=("State", "fresh"),
    back_filled=("Outcome",),
    unknown="n/a",
    delimiter=";",
)
HEADER = "Outcome;Ticket;Revision;Changed;Agent;State;Urgency;Title;Invoice;Client;Arrived;Site"
# On that Sunday the clocks of Chicago went back at two: 1.30 AM came twice.
LOG = f"""{HEADER}
paid;T-7;10;11-02-24 11.05 PM;Mia;fresh;B;"Wet; linen";n/a;Harbor;11-02-24 10.00 PM;?
paid;T-7;11;11-03-24 01.30 AM;n/a;busy;B;"Wet; linen";INV-9;Harbor;11-02-24 10.00 PM;Dock
paid;T-7;14;11-03-24 09.00 AM;Mia;done;B;"Wet; linen";INV-9;n/a;11-02-24 10.00 PM;n/a
n/a;T-8;3;07-01-24 12.00 PM;Ben;busy;A;n/a;n/a;n/a;n/a;Dock
"""


@pytest.fixture
def entity() -> Entity:
    return people.add_entity(by=BY, code="US", name="Example Inc.", currency="USD")


def load(path: Path, entity: Entity, text: str = LOG, profile: Profile = TICKETS) -> Result:
    file = path / "tickets.csv"
    file.write_text(text, encoding="utf-8")
    task = Task(file, profile, entity, ZoneInfo("America/Chicago"), Rejects(None))
    return running.import_file(task, by=BY)


def ticket(number: str) -> SupportRequest:
    return SupportRequest.objects.get(source="tickets", source_number=number)


def events() -> list[Event]:
    return list(Event.objects.filter(channel="import").order_by("id"))


def test_each_row_is_an_event_at_its_time_by_its_actor(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity)
    assert [(event.kind, event.actor_label, event.occurred_at) for event in events()] == [
        ("request.opened", "Mia", datetime(2024, 11, 3, 4, 5, tzinfo=UTC)),
        ("request.updated", "not named in the source", datetime(2024, 11, 3, 6, 30, tzinfo=UTC)),
        ("request.updated", "Mia", datetime(2024, 11, 3, 15, 0, tzinfo=UTC)),
        ("request.first_seen", "Ben", datetime(2024, 7, 1, 17, 0, tzinfo=UTC)),
    ]
    assert {(event.cause_kind, event.cause_version) for event in events()} == {("import", "4")}


def test_what_is_odd_about_a_row_is_told_in_the_words_of_the_profile(
    tmp_path: Path, entity: Entity
) -> None:
    load(tmp_path, entity)
    plain = {"row_digest", "source_line", "source_order"}
    odd = [
        {name: value for name, value in event.detail.items() if name not in plain}
        for event in events()
    ]
    twice = "this time happened twice by the clocks of America/Chicago; the first is taken"
    assert odd == [
        {},
        {"time_doubt": twice},
        {"updates_lost_before": 2, "claimed_at_the_end": {"Outcome": "paid"}},
        {"received_at_from": "Changed", "claimed_at_the_end": {"Outcome": "n/a"}},
    ]


def test_the_columns_become_the_fields_the_profile_names(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity)
    first, second = ticket("T-7"), ticket("T-8")
    assert (first.status, first.priority, first.subject) == ("resolved", "low", "Wet; linen")
    assert (first.invoice_reference, first.customer) == ("INV-9", None)
    assert first.received_at == datetime(2024, 11, 3, 3, 0, tzinfo=UTC)
    assert first.custom == {"Arrived": "11-02-24 10.00 PM", "Site": None}
    assert (second.status, second.priority, second.subject) == (
        "in_progress", "critical", "(no title)",
    )  # fmt: skip
    assert (second.invoice_reference, second.customer) == ("", None)
    assert second.received_at == datetime(2024, 7, 1, 17, 0, tzinfo=UTC)
    assert second.custom == {"Arrived": None, "Site": "Dock"}


def test_each_version_holds_the_values_of_its_row(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity)
    harbor = Customer.objects.get()
    assert (harbor.reference, harbor.entity) == ("Harbor", entity)
    versions = ticket("T-7").history.order_by("history_id")
    assert [
        (version.status, version.invoice_reference, version.customer_id, version.custom["Site"])
        for version in versions
    ] == [
        # The first source's marker for unknown is a value like any other here.
        ("triaged", "", harbor.pk, "?"),
        ("in_progress", "INV-9", harbor.pk, "Dock"),
        ("resolved", "INV-9", None, None),
    ]
    assert [version.event_id for version in versions] == [event.pk for event in events()[:3]]


def test_a_longer_file_adds_its_new_rows_alone(tmp_path: Path, entity: Entity) -> None:
    load(tmp_path, entity)
    new = "paid;T-7;15;11-04-24 08.00 AM;Mia;busy;B;Dry;INV-9;Harbor;11-02-24 10.00 PM;n/a\n"
    report = load(tmp_path, entity, LOG.replace("paid;T-7;14", f"{new}paid;T-7;14")).report
    assert (report["imported"], report["skipped"], report["rejected"]) == (1, 4, 0)
    # It came after a later row, so it stands in the trail and changes nothing.
    assert events()[-1].detail["arrived_late"] is True
    assert ticket("T-7").subject == "Wet; linen"


def test_the_run_says_by_which_profile_it_read(tmp_path: Path, entity: Entity) -> None:
    result = load(tmp_path, entity)
    assert result.run is not None
    assert (result.run.profile, result.run.profile_version) == ("tickets", "4")
    assert (result.report["imported"], result.report["rejected"]) == (4, 0)
    counts = result.report["counts"]
    assert counts["changes"] == {"State": 2, "Site": 2, "Invoice": 1, "Client": 1}
    assert (counts["gaps"], counts["doubtful_times"], counts["unlogged_creations"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("T-8;3", "n/a;3", "Ticket is missing, so the row belongs to no request"),
        ("T-8;3", "T-8;x", "Revision is “x”, not a whole number"),
        ("07-01-24 12.00 PM", "1/7/2024 12:00", "Changed is “1/7/2024 12:00”, not a time like"),
        ("busy;A", "New;A", "State is “New”, which profile tickets does not map"),
        ("A;n/a;n/a", "A;;n/a", "Title is empty; write n/a for unknown"),
        ("Dock\n", "Dock,Pier;\n", "has 13 columns where the header has 12"),
    ],
)
def test_a_bad_row_is_named_in_the_words_of_the_profile(
    before: str, after: str, reason: str, tmp_path: Path, entity: Entity
) -> None:
    good, _, last = LOG.rstrip("\n").rpartition("\n")
    changed = f"{last}\n".replace(before, after)
    report = load(tmp_path, entity, f"{good}\n{changed}").report
    [rejected] = report["first_rejected"]
    assert report["imported"] == 3
    assert rejected["line"] == 5
    assert rejected["reason"].startswith(reason)


def test_a_source_may_leave_a_cell_empty_for_unknown(tmp_path: Path, entity: Entity) -> None:
    profile = replace(TICKETS, unknown="")
    report = load(tmp_path, entity, LOG.replace("n/a", ""), profile).report
    assert (report["imported"], report["rejected"]) == (4, 0)
    request = ticket("T-8")
    assert (request.subject, request.invoice_reference, request.customer) == (
        "(no title)", "", None,
    )  # fmt: skip
    assert request.custom == {"Arrived": None, "Site": "Dock"}
