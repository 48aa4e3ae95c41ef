"""Every page that the bench measures answers, on a small data set, with something on it."""

from __future__ import annotations

import pytest
from django.urls import resolve

from audit import actors
from audit.models import Event
from bench import furnishing, visits
from bench.pages import Reader
from requests_app.demo import dataset
from requests_app.models import InboundMail, OutboundMail, Role
from tests import every_page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FORMS = "of one row, or of one's own account"
NOT_MEASURED = dict.fromkeys((
    "account_change_password", "account_reauthenticate", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "mfa_index",
    "audit:export-show", "due:part-add", "due:part-change", "due:part-end", "mail:mail-dismiss",
    "requests:file-redact", "requests:message-correct", "requests:message-redact",
    "requests:contact-redact", "requests:request-redact", "view-show", "policies:policy-draft",
    "policies:policy-change", "policies:rule-add", "policies:rule-change", "policies:limit-add",
    "policies:limit-end", "policies:delegation-add", "policies:delegation-revoke",
), FORMS) | dict.fromkeys((
    "books:overview", "books:entry-list", "books:entry-show", "books:part-add",
    "books:part-change", "books:period-add", "books:period-show", "policies:policy-show",
    "invoices:invoice-list", "invoices:invoice-show", "invoices:invoice-trail",
    "invoices:invoice-add", "invoices:invoice-import",
), "the data set keeps no books and no policies yet")  # fmt: skip
# By what is asked of them, or of an entity that a small set has nothing of.
MAY_BE_EMPTY = (
    "request list", "customers, search", "customer page", "log of closure", "trail, amounts",
    "trail, refused attempts", "trail, one kind, deep", "trail, a rare word", "trail, a preset",
    "replies that were dismissed", "admin, events, search",
)  # fmt: skip


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> dict[Role, Reader]:
    dataset.write(40, by=actors.command("test"), reached=lambda _: None)
    for name in ("GRANTED", "MAILS", "UNDELIVERED", "EXPORTS"):
        monkeypatch.setattr(furnishing, name, 3)
    furnishing.furnish()
    return {role: Reader.of(role) for role in (*visits.BOTH, visits.ADMINISTRATOR)}


def test_every_page_answers_with_something_on_it(readers: dict[Role, Reader]) -> None:
    for title, role, visit in visits.of_roles():
        reader = readers[role]
        address = visit.address(reader.sample)
        answer = reader.client.get(address)
        assert answer.status_code == 200, address
        if not title.startswith(MAY_BE_EMPTY):
            assert b'class="empty' not in answer.content, (title, address)


def test_every_route_is_measured_or_named(readers: dict[Role, Reader]) -> None:
    measured = {
        resolve(visit.address(readers[role].sample).partition("?")[0]).view_name
        for _, role, visit in visits.of_roles()
    }
    pages = every_page.routes() - set(every_page.NO_PAGES)
    assert pages - measured == set(NOT_MEASURED)


def test_a_page_that_answers_otherwise_is_not_measured(readers: dict[Role, Reader]) -> None:
    with pytest.raises(RuntimeError, match="answered 404, so nothing was measured"):
        readers[Role.AGENT].milliseconds(lambda _: "/requests/NONE-1/")


def test_furnishing_twice_adds_nothing(readers: dict[Role, Reader]) -> None:
    before = Event.objects.count()
    furnishing.furnish()
    assert Event.objects.count() == before
    assert InboundMail.objects.unrouted().exists()
    assert InboundMail.objects.dismissed().exists()
    assert OutboundMail.objects.undelivered().exists()
