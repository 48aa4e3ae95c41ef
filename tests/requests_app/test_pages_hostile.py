"""Text that means harm passes through page, timeline, difference and export unharmed."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from audit.models import Event
from audit.recording import recording
from requests_app import people
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import act, address, body, signed_in, text

pytestmark = pytest.mark.django_db

# Shown whole, as text, wherever the rest is: two tags around an emoji of four characters.
MARK = "<i>\U0001f469\U0001f3fd\u200d\U0001f692</i>"
HARM = (
    f"{MARK} <script>alert(1)</script><img src=x onerror=alert(1)>\"'><b onmouseover=alert(1)>"
    "{{ settings.SECRET_KEY }}{% include 'base.html' %} invoice \u202egnp.exe\u202c "
    "\u2066x\u2069 \U0001f469\U0001f3fd\u200d\U0001f692 e\u0301 \x07 \x1b[31m"
)
HOSTILE = {
    "harm": HARM,
    "formula": '=HYPERLINK("http://evil.example","x")',
    "long": "long word " * 10_000,
    "one_word": "x" * 100_000,
}
LONGEST_NAME = 150


def open_with(client: Client, evil: str) -> Any:
    return client.post(
        "/requests/new/",
        {"entity": "US", "channel": "mail", "subject": evil[:300].strip(), "description": evil,
         "customer_name": evil[:200], "category": evil[:100], "invoice_reference": evil[:100],
         "priority": "normal"},
    )  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_every_page_shows_it_as_text(name: str, entity: Entity, agent: User) -> None:
    evil, client = HOSTILE[name], signed_in(agent)
    assert open_with(client, evil).status_code == 302
    opened = SupportRequest.objects.get()
    for verb, data in (
        ("take", {}),
        ("reply", {"body": evil}),
        ("resolve", {"resolution": "fixed", "root_cause": "unknown", "note": evil}),
        ("reopen", {"reason": evil}),
    ):
        assert act(client, opened, verb, data).status_code == 302
    with recording("record.changed", by=factories.actor(agent), subject=opened, reason=evil):
        opened.description = f"{evil} {evil[::-1]}"
        opened.custom = {evil[:200]: [evil, {"deep": evil}]}
        opened.save()
    event = Event.objects.latest("id")
    reader = factories.person("auditor", entity)  # and an agent, who reads no pseudonyms
    people.grant_role(by=factories.TESTER, person=reader, entity=entity, role="agent")
    auditor = signed_in(reader)
    for path in (
        "/requests/", address(opened), f"{address(opened)}?order=newest", "/trail/",
        f"/events/{event.pk}/", f"/compare/requests_app.supportrequest/{opened.pk}/",
        f"/compare/requests_app.supportrequest/{opened.pk}/?fields=all",
    ):  # fmt: skip
        response = auditor.get(path)
        html = response.content.decode()
        assert response.status_code == 200, path
        assert_unharmed(html, path)
        assert name != "harm" or escape(MARK) in html, path
    [row] = csv.DictReader(io.StringIO(exported(client)))
    assert row["subject"].lstrip("'") == evil[:300].strip()


def assert_unharmed(html: str, path: str) -> None:
    for harm in (
        "<i>", "<script>alert", "<img src=x", "<b onmouseover", "\u202e", "\u2066", "\x07",
    ):  # fmt: skip
        assert harm not in html, path


def test_a_hostile_name_and_a_hostile_browser_are_shown_as_text(entity: Entity) -> None:
    person = factories.person("agent", entity, display_name=HARM[:LONGEST_NAME])
    client = Client(headers={"User-Agent": HARM})
    client.force_login(person)
    open_with(client, "Wet linen")
    opened = SupportRequest.objects.get()
    act(client, opened, "take")
    event = Event.objects.get(kind="request.taken")
    auditor = signed_in(factories.person("auditor", entity))
    for path in (
        "/requests/", address(opened), "/trail/", f"/events/{event.pk}/",
        f"/compare/requests_app.supportrequest/{opened.pk}/", "/admin/audit/event/",
        f"/admin/audit/event/{event.pk}/change/",
    ):  # fmt: skip
        html = auditor.get(path).content.decode()
        assert_unharmed(html, path)
        assert escape(MARK) in html, path
    facts = auditor.get(f"/events/{event.pk}/").content.decode()
    assert escape(MARK) in facts.partition("Browser or client")[2]
    [row] = csv.DictReader(io.StringIO(exported(client)))
    assert row["assignee"].startswith(MARK)


def exported(client: Client) -> str:
    return body(client.get("/requests/export.csv")).decode()


def test_text_is_kept_whole_and_shown_whole(entity: Entity, agent: User) -> None:
    client = signed_in(agent)
    open_with(client, HOSTILE["long"])
    opened = SupportRequest.objects.get()
    assert opened.description == HOSTILE["long"].strip()
    assert HOSTILE["long"].strip() in text(client.get(address(opened)))


def test_text_beyond_all_measure_is_refused_with_its_limit(entity: Entity, agent: User) -> None:
    response = open_with(signed_in(agent), "x" * 500_001)
    assert response.status_code == 422
    assert "at most 500000 characters" in text(response)
    assert not SupportRequest.objects.exists()


@pytest.mark.parametrize("verb", ["reply", "resolve", "reopen", "close", "change-priority"])
def test_nul_in_any_field_is_refused_in_words(verb: str, entity: Entity, agent: User) -> None:
    opened = factories.support_request(entity=entity)
    data = dict.fromkeys(("body", "note", "reason", "resolution", "priority"), "a\x00b")
    response = act(signed_in(agent), opened, verb, data)
    assert response.status_code == 422
    assert "a character in it that nobody sees" in text(response) or "not in the list" in text(
        response
    )


@pytest.mark.parametrize(
    "path",
    [
        "/requests/?q=%00", "/requests/?status=%00", "/requests/?assignee=%00",
        "/requests/?q=%FF%FE", f"/requests/?q={'x' * 5_000}", "/requests/%00/",
        "/requests/US-R-2026-000001%00/", "/trail/?actor=%00", "/trail/?kind=%00",
        "/trail/?since=%00", "/trail/?since=0001-01-01&until=9999-12-31", "/requests/?before=%00",
        "/requests/export.csv?q=%00", "/compare/a%00b/1/",
        "/requests/?assignee=999999999999999999999", "/requests/?page=2&unknown=1",
        "/requests/?q=%25_%5C",
    ],
    ids=lambda path: path[:40].replace("%", ""),
)  # fmt: skip
def test_addresses_made_up_by_hand_never_break_a_page(
    path: str, entity: Entity, agent: User
) -> None:
    for client in (signed_in(agent), signed_in(factories.person("auditor", entity))):
        response = client.get(path)
        assert response.status_code in (200, 302, 404)
        body(response)


def test_percent_and_underscore_end_a_word_and_stand_for_nothing(
    entity: Entity, agent: User
) -> None:
    factories.support_request(entity=entity, subject="100% wool_mix")
    factories.support_request(entity=entity, subject="1000 wool mix")
    shown = text(signed_in(agent).get("/requests/", {"q": '"100% wool_mix"'}))
    assert "100% wool_mix" in shown
    assert "1000 wool mix" not in shown
