"""The list in each of its orders: no row twice, none skipped, and each read from its own index."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import roles
from requests_app import services
from requests_app.filters import asked
from requests_app.models import Entity, SupportRequest, User
from requests_app.queue import listing, orders
from tests import factories
from tests.pages import signed_in, text

LIST = "/requests/"
AMOUNTS = (None, "5", "25000", "5", None, "300.10", "5")


@pytest.fixture
def some(entity: Entity) -> list[SupportRequest]:
    """Few enough to be quick, with ties and gaps in every key."""
    made = []
    for place, amount in enumerate(AMOUNTS):
        claimed = {"claimed_amount": Decimal(amount), "claimed_currency": "USD"} if amount else {}
        priority = ("low", "critical", "normal", "normal")[place % 4]
        made.append(factories.support_request(entity=entity, priority=priority, **claimed))
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("name", orders.ORDERS)
def test_pages_follow_each_other_both_ways_in_every_order(
    name: str, some: list[SupportRequest], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.take(support_request=some[2], by=factories.actor(agent))
    monkeypatch.setattr(orders, "ROWS", 3)
    rows = asked("", agent).found()
    order = orders.ORDERS[name]
    whole = [row.pk for row in orders.sorted_all(rows, order)]
    forth, back = [], []
    page = orders.cut(rows, order, "", "")
    while True:
        forth.append([row.pk for row in page.rows])
        if page.older is None:
            break
        page = orders.cut(rows, order, page.older, "")
    while page.newer is not None:
        page = orders.cut(rows, order, "", page.newer)
        back.append([row.pk for row in page.rows])
    assert [key for keys in forth for key in keys] == whole
    assert back == forth[-2::-1]
    assert sorted(whole) == [row.pk for row in some]


@pytest.mark.django_db
def test_the_most_urgent_come_first_and_among_them_the_oldest(
    some: list[SupportRequest], agent: User
) -> None:
    shown = orders.cut(asked("", agent).found(), orders.ORDERS["priority"], "", "").rows
    assert [row.priority for row in shown[:3]] == ["critical", "critical", "normal"]
    assert [row.pk for row in shown[:2]] == [some[1].pk, some[5].pk]


@pytest.mark.django_db
def test_what_was_changed_last_comes_first(some: list[SupportRequest], agent: User) -> None:
    by = factories.actor(agent)
    services.change_category(support_request=some[0], category="Billing", by=by)
    response = signed_in(agent).get(f"{LIST}?sort=-changed")
    assert response.context["page"].rows[0].pk == some[0].pk


@pytest.mark.django_db
def test_a_heading_says_how_the_list_is_sorted_and_leads_to_the_other_way(
    some: list[SupportRequest], agent: User
) -> None:
    html = signed_in(agent).get(f"{LIST}?sort=-amount&status=open").content.decode()
    assert 'aria-sort="descending" class="table__number"' in html
    assert html.count('aria-sort="none"') == 4
    assert 'href="?sort=amount&amp;status=open"' in html
    assert "7 requests, largest amount first" in text(signed_in(agent).get(f"{LIST}?sort=-amount"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        {"sort": "-amount", "before": "7"}, {"sort": "-amount", "before": "x~7"},
        {"sort": "due", "before": "2026-01-01~7"}, {"before": "3~7"}, {"before": "~"},
        {"sort": "priority", "after": "1~x"}, {"sort": "-amount", "before": "NaN~7"},
    ],
)  # fmt: skip
def test_a_cursor_of_another_order_is_no_page(query: dict[str, str], agent: User) -> None:
    assert signed_in(agent).get(f"{LIST}?{urlencode(query)}").status_code == 404


MANY = """
    INSERT INTO requests_app_supportrequest (
        entity_id, number, source, source_number, channel, subject, description, status, priority,
        category, invoice_reference, claimed_amount, claimed_currency, received_at, resolution,
        resolution_note, custom)
    SELECT %s, 'P-' || n, '', '', 'mail', 'Subject ' || n, 'Described ' || n %% 50, 'new',
        (ARRAY['low', 'normal', 'high', 'critical'])[1 + n %% 4], '', '', n %% 900 + 1,
        'USD', now(),
        '', '', '{}'
    FROM generate_series(1, %s) n
"""

CUSTOMERS = """
    INSERT INTO requests_app_customer (entity_id, name, email, phone, reference, is_active)
    SELECT %s, 'Customer ' || n, n || '@customers.example', '', '', true
    FROM generate_series(1, %s) n
"""
MESSAGES = """
    INSERT INTO requests_app_message (support_request_id, kind, author_label, body, written_at)
    SELECT id, 'reply', 'tests', 'Thank you for number ' || number, now()
    FROM requests_app_supportrequest
"""


@pytest.fixture
def many(own_database: str) -> User:
    """An agent of a desk with so many requests that a walk through all of them would show."""
    from audit.recording import recording

    entity = factories.entity(code="US")
    with recording("record.changed", by=factories.TESTER), connection.cursor() as cursor:
        cursor.execute(MANY, [entity.pk, 6_000])
        cursor.execute(CUSTOMERS, [entity.pk, 2_000])
        cursor.execute(MESSAGES)
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return factories.person("agent", entity)


@pytest.mark.slow
def test_every_order_and_every_place_of_a_search_is_read_by_its_index(many: User) -> None:
    indexes = {
        "-amount": "support_request_by_amount", "priority": "support_request_by_urgency",
        "due": "support_request_by_due", "-changed": "historicalsupportrequest_pkey",
    }  # fmt: skip
    for name, index in indexes.items():
        plans = plans_of(lambda name=name: list(  # type: ignore[misc]
            orders.cut(asked("", many).found(), orders.ORDERS[name], "", "").rows))  # fmt: skip
        assert index in plans, (name, plans)
    for query, index in (
        ("q=P-5999", "support_request_search"), ("q=zebra", "message_search"),
        ("q=zebra", "customer_search"), ("q=amount:899", "support_request_by_amount"),
    ):  # fmt: skip
        plans = plans_of(lambda query=query: listing.found(asked(query, many)))  # type: ignore[misc]
        assert index in plans, (query, plans)
        assert "Seq Scan on requests_app_message" not in plans


def plans_of(act: Any) -> str:
    with CaptureQueriesContext(connection) as captured:
        act()
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN {query['sql']}")
                found += [line for (line,) in cursor.fetchall()]
    return "\n".join(found)
