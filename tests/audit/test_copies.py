"""A comparison taken along as text and JSON, and versions as bytes that anybody can hash."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.utils import timezone

from audit import copies
from audit.models import Event
from audit.recording import recording
from requests_app import services
from requests_app.models import Approval, Entity, SupportRequest, User
from tests import factories
from tests.pages import address, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked_on(entity: Entity, agent: User) -> SupportRequest:
    opened = factories.support_request(
        entity=entity, subject="Wet linen", claimed_amount=Decimal("12.5"), claimed_currency="USD"
    )
    services.take(support_request=opened, by=factories.actor(agent))
    with recording("record.changed", by=factories.actor(agent), subject=opened):
        opened.claimed_amount = Decimal("20.75")
        opened.description = "What happened.\nAnd then more."
        opened.custom = {"b": [1, {"z": None}], "a": 1.5}
        opened.save()
    return opened


def comparison(support_request: SupportRequest, rest: str = "") -> str:
    return f"/compare/requests_app.supportrequest/{support_request.pk}/{rest}"


def test_the_text_says_both_versions_the_sentence_and_each_change(
    worked_on: SupportRequest, agent: User
) -> None:
    response = signed_in(agent).get(comparison(worked_on, "difference.txt"))
    told = response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "fields changed: " in told
    assert "Claimed amount: USD 12.50 → USD 20.75 (+8.25)" in told
    assert "+ And then more." in told
    for event in Event.objects.filter(kind__in=["request.taken", "record.changed"]):
        assert event.public_id in told


def test_the_json_holds_the_same_as_data(worked_on: SupportRequest, agent: User) -> None:
    found = signed_in(agent).get(comparison(worked_on, "difference.json")).json()
    changes = {change["field"]: change for change in found["changes"]}
    assert found["row"] == str(worked_on.pk)
    assert changes["claimed_amount"]["difference"] == "+8.25"
    assert changes["description"]["after"] == "What happened.\nAnd then more."
    assert found["to"]["kind"] == "record.changed"


def test_the_first_version_is_compared_with_nothing_in_either_form(
    worked_on: SupportRequest, agent: User
) -> None:
    first = worked_on.history.order_by("history_id")[0].history_id
    query = f"?from=0&to={first}"
    client = signed_in(agent)
    told = client.get(comparison(worked_on, f"difference.txt{query}")).content.decode()
    assert "From: before the first version" in told
    assert client.get(comparison(worked_on, f"difference.json{query}")).json()["from"] is None


def test_the_bytes_of_a_version_are_canonical_json_with_their_hash(
    worked_on: SupportRequest, agent: User
) -> None:
    version = worked_on.history.latest()
    path = f"/versions/requests_app.supportrequest/{worked_on.pk}/{version.history_id}.json"
    response = signed_in(agent).get(path)
    found = json.loads(response.content)
    assert response.content == orjson.dumps(found, option=orjson.OPT_SORT_KEYS)
    assert response.headers["X-Content-SHA256"] == hashlib.sha256(response.content).hexdigest()
    assert found["format"] == copies.FORMAT
    assert found["event"] == version.event_id
    assert found["fields"]["claimed_amount"] == "20.7500"
    assert found["fields"]["custom"] == {"a": "1.5", "b": [1, {"z": None}]}
    assert bytes(version.salt).hex() not in response.content.decode()


def test_the_page_says_the_hash_of_the_bytes_it_leads_to(
    worked_on: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    html = client.get(comparison(worked_on)).content.decode()
    for version in worked_on.history.all()[:2]:
        path = f"/versions/requests_app.supportrequest/{worked_on.pk}/{version.history_id}.json"
        assert f'href="{path}"' in html
        assert client.get(path).headers["X-Content-SHA256"] in html


@pytest.mark.parametrize("rest", ["difference.txt", "difference.json"])
def test_a_stranger_gets_neither(rest: str, worked_on: SupportRequest) -> None:
    stranger = signed_in(factories.person("auditor", factories.entity()))
    version = worked_on.history.latest().history_id
    path = f"/versions/requests_app.supportrequest/{worked_on.pk}/{version}.json"
    assert stranger.get(comparison(worked_on, rest)).status_code == 404
    assert stranger.get(path).status_code == 404
    assert Event.objects.filter(kind="trail.view_denied").count() == 2


def test_versions_that_are_not_there_are_not_found(worked_on: SupportRequest, agent: User) -> None:
    client, other = signed_in(agent), factories.support_request(entity=worked_on.entity)
    version = other.history.latest().history_id
    for path in (
        f"requests_app.supportrequest/{worked_on.pk}/{version}", "nothing.at_all/1/1",
        f"requests_app.supportrequest/{worked_on.pk}/999999999",
    ):  # fmt: skip
        assert client.get(f"/versions/{path}.json").status_code == 404


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2**53 - 1, 2**53 - 1), (2**53, str(2**53)), (Decimal("1.50"), "1.50"), (True, True),
        (b"\x00\xff", "00ff"), (1e21, "1e+21"), (None, None), ({1: [Decimal("2")]}, {"1": ["2"]}),
    ],
)  # fmt: skip
def test_values_that_canonical_json_does_not_know_are_text(value: Any, written: Any) -> None:
    assert copies.value_of(value) == written


def test_a_comparison_leads_back_to_the_request_and_to_what_was_approved(
    worked_on: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    assert f'href="{address(worked_on)}"' in client.get(comparison(worked_on)).content.decode()
    assert "At approval" not in text(client.get(comparison(worked_on)))
    approved = worked_on.history.latest().history_id
    with recording("record.created", by=factories.TESTER, subject=worked_on):
        Approval.objects.create(
            entity=worked_on.entity, support_request=worked_on, required_role="lead",
            amount=Decimal(5), currency="USD", content_hash="0" * 64, decision="approved",
            approver=agent, decided_at=timezone.now(),
        )  # fmt: skip
    services.change_priority(support_request=worked_on, priority="high", by=factories.actor(agent))
    html = client.get(comparison(worked_on)).content.decode()
    newest = worked_on.history.latest().history_id
    assert f'href="?from={approved}&amp;to={newest}">At approval against now</a>' in html
