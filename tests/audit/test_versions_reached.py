"""However many versions a row has, each can be chosen to be compared, without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.reaching import CHOICES
from audit.recording import recording
from audit.versions import version_model
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import signed_in, text, value_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(entity: Entity) -> User:
    return factories.person("auditor", entity)


def often_changed(entity: Entity, times: int) -> SupportRequest:
    found = factories.support_request(entity=entity)
    with recording("record.changed", by=factories.TESTER, subject=found):
        for step in range(times):
            found.category = f"Category {step}"
            found.save()
    return found


def versions_of(found: SupportRequest) -> list[int]:
    rows = version_model(SupportRequest).objects.filter(id=found.pk)
    return list(rows.order_by("history_id").values_list("history_id", flat=True))


def address(found: SupportRequest) -> str:
    return f"/compare/requests_app.supportrequest/{found.pk}/"


def offered(html: str) -> set[int]:
    select = html.partition('id="to"')[2].partition("</select>")[0]
    return {int(each) for each in re.findall(r'<option value="(\d+)"', select)}


def test_the_oldest_version_is_reached_by_a_link(entity: Entity, auditor: User) -> None:
    found = often_changed(entity, CHOICES + 4)
    ids, client = versions_of(found), signed_in(auditor)
    first = client.get(address(found)).content.decode()
    assert offered(first) == set(ids[-CHOICES:])
    [link] = re.findall(r'<a href="([^"]*)">Offer older ones</a>', first)
    older = client.get(address(found) + link.replace("&amp;", "&")).content.decode()
    assert offered(older) == {*ids[:-CHOICES], *ids[-2:]}
    assert "Offer older ones" not in older
    assert "Offer the newest" in older


def test_a_day_offers_what_there_was_until_then(entity: Entity, auditor: User) -> None:
    found = often_changed(entity, CHOICES + 1)
    client, today = signed_in(auditor), timezone.localdate()
    until_today = client.get(address(found), {"until": today.isoformat()})
    assert len(offered(until_today.content.decode())) == CHOICES
    before = client.get(address(found), {"until": (today - timedelta(days=1)).isoformat()})
    assert offered(before.content.decode()) == set(versions_of(found)[-2:])
    assert "0 versions can be chosen here, and those compared." in text(before)


def test_a_day_that_is_none_is_said_and_kept(entity: Entity, auditor: User) -> None:
    found = often_changed(entity, CHOICES + 1)
    answer = signed_in(auditor).get(address(found), {"until": "soon"})
    assert "Write the day as in 2026-03-31." in text(answer)
    assert value_of(answer, "id_until") == "soon"


def test_a_row_of_few_versions_asks_for_no_day(entity: Entity, auditor: User) -> None:
    found = often_changed(entity, 3)
    shown = text(signed_in(auditor).get(address(found)))
    assert "Versions up to" not in shown
    assert "Offer" not in shown
