"""A request with 10,000 events and texts of 100 kB stays usable, and within its budget."""

from __future__ import annotations

import gzip
import itertools
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.models import Event
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import address, body, signed_in, whole

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EVENTS = 10_000
WORDS = ("booking", "invoice", "twice", "linen", "carton", "deposit", "account", "letter")
LONG = " ".join(
    f"{word}{n % 97}" for n, word in zip(range(12_500), itertools.cycle(WORDS), strict=False)
)
FILL = """
    SELECT audit_open(
        kind => 'request.priority_changed', actor_kind => 'job', actor_id => (number %% 7)::text,
        actor_label => 'Rule', support_request_id => %s, arm => false)
    FROM generate_series(1, %s) AS number
"""
# The most that reading the trail takes on some pages; auditors see everything unless they ask.
OF_TRAIL = {"": 11, "?show=everything": 11, "?show=changes": 8, "?as_of": 16}
HTML, CSS, JS = 60_000, 20_000, 30_000


@pytest.fixture
def large(entity: Entity, agent: User) -> SupportRequest:
    """Most of its events change nothing: nothing here is about how they are written."""
    by = factories.actor(agent)
    opened = factories.support_request(entity=entity, description=LONG[:100_000])
    services.take(support_request=opened, by=by)
    services.reply(support_request=opened, body=LONG[::-1][:100_000], by=by)
    services.change_priority(support_request=opened, priority="high", by=by, reason="A big one")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [opened.pk, EVENTS])
    return opened


def size(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def test_every_page_of_it_stays_in_budget(
    large: SupportRequest, agent: User, entity: Entity, django_assert_max_num_queries: Any
) -> None:
    event = Event.objects.of_support_request(large.pk)[5_000]
    clients = [signed_in(agent), signed_in(factories.person("auditor", entity))]
    paths = (
        "", "?show=everything", "?show=everything&at=end", "?show=changes", "?order=newest",
        f"?event={event.pk}", f"?as_of=E-{event.pk}", "actions/", "creation/", "closure/",
    )  # fmt: skip
    # The session notes each minute that it is in use, and these pages may take one.
    with time_machine.travel(timezone.now(), tick=False):
        in_budget(large, clients, paths, django_assert_max_num_queries)


def in_budget(
    large: SupportRequest, clients: list[Client], paths: tuple[str, ...], at_most: Any
) -> None:
    for client in clients:
        for path in paths:
            client.get(address(large) + path)  # what a process reads once, it has read then
            # Of a page without a trail 15; a trail takes what its events touched, one for each
            # model, the names of each kind, the moment asked for, and whom the reader sees veiled
            # with the contacts of theirs.
            with at_most(15 + OF_TRAIL.get(path.partition("=E-")[0], 5)):
                response = client.get(address(large) + path)
            assert response.status_code == 200, path
            assert size(response.content) < HTML, (path, size(response.content))


def test_its_counts_say_that_they_are_cut(large: SupportRequest, agent: User) -> None:
    context = signed_in(agent).get(whole(large)).context
    assert context["is_cut"]
    assert context["reopened"] == 0


def test_the_whole_log_of_it_can_be_taken_along(large: SupportRequest, agent: User) -> None:
    content = body(signed_in(agent).get(f"{address(large)}actions.csv"))
    assert content.count(b"request.priority_changed") == EVENTS + 1


def test_styles_and_scripts_stay_in_budget(settings: Any) -> None:
    static = settings.BASE_DIR / "static"
    styles = b"".join((static / "css" / f"{name}.css").read_bytes()
                      for name in ("tokens", "base", "components"))  # fmt: skip
    scripts = b"".join(path.read_bytes() for path in (static / "js").glob("*.js"))
    assert size(styles) < CSS
    assert size(scripts) < JS
