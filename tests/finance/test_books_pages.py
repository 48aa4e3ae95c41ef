"""The pages of the books: what they show, to whom, and what may be done from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from finance.models import Account, JournalEntry, Period
from finance.services import chart
from requests_app.models import User
from tests import factories
from tests.finance.books import Books, opened
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db
READS = ["lead", "controller", "executive", "accountant", "treasurer", "auditor"]


@pytest.fixture
def books() -> Books:
    return opened()


@pytest.fixture
def accountant(books: Books) -> Client:
    return signed_in(books.accountant)


def client(books: Books, role: str) -> Client:
    return signed_in(factories.person(role, books.entity))


def addresses(entry: JournalEntry) -> Iterator[str]:
    yield reverse("books:entry-show", args=[entry.number])
    yield reverse("books:period-show", args=[entry.period_id])


@pytest.mark.parametrize("role", READS)
def test_who_reads_books_sees_periods_accounts_and_entries(books: Books, role: str) -> None:
    entry, reader = books.post(), client(books, role)

    overview = text(reader.get(reverse("books:overview")))
    assert "4900 Sales returns and allowances" in overview
    assert "2026-09" in overview
    assert entry.number in text(reader.get(reverse("books:entry-list")))
    for address in addresses(entry):
        assert reader.get(address).status_code == 200


@pytest.mark.parametrize("role", ["agent", "privacy_officer", "administrator"])
def test_who_reads_none_finds_nothing_and_each_look_is_recorded(books: Books, role: str) -> None:
    entry, other = books.post(), client(books, role)

    assert "You read no books yet" in text(other.get(reverse("books:overview")))
    assert entry.number not in text(other.get(reverse("books:entry-list")))
    for address in addresses(entry):
        assert other.get(address).status_code == 404
        assert Event.objects.latest("id").kind == "trail.view_denied"


def test_books_of_another_entity_are_not_there(books: Books) -> None:
    entry = books.post()
    other = signed_in(factories.person("accountant", factories.entity()))

    for address in addresses(entry):
        assert other.get(address).status_code == 404
    assert entry.number not in text(other.get(reverse("books:entry-list")))


def test_an_entry_shows_each_side_and_leads_to_its_account(
    books: Books, accountant: Client
) -> None:
    entry = books.post()

    shown = accountant.get(reverse("books:entry-show", args=[entry.number]))

    assert "USD 23,148.15" in text(shown)
    assert "Cost centre CS Customer service" in text(shown)
    link = f"{reverse('books:entry-list')}?entity={books.entity.code}&amp;account=1200"
    assert link in shown.content.decode()


@pytest.mark.parametrize(("query", "found"), [
    ("account=1200", True), ("account=4000", False), ("period=2026-09", True),
    ("period=2026-08", False), ("q=refund", True), ("q=nothing", False),
    ("source=adjustment", True), ("source=manual", False),
])  # fmt: skip
def test_the_journal_is_filtered(books: Books, accountant: Client, query: str, found: bool) -> None:
    entry = books.post()

    shown = text(accountant.get(f"{reverse('books:entry-list')}?{query}"))

    assert (entry.number in shown) is found
    assert found or "No entry matches" in shown


def test_a_mistake_in_the_filter_is_said(books: Books, accountant: Client) -> None:
    books.post()

    shown = text(accountant.get(f"{reverse('books:entry-list')}?period=9"))

    assert "Give the month like 2026-09." in shown


def test_words_that_were_searched_are_recorded_by_their_hash(
    books: Books, accountant: Client
) -> None:
    accountant.get(f"{reverse('books:entry-list')}?q=Harbor")

    event = Event.objects.latest("id")
    assert event.kind == "trail.searched"
    assert "Harbor" not in str(event.detail)


def seen_in(shown: object) -> str:
    (form, *_) = [form for *_, form in shown.context["moves"]]  # type: ignore[attr-defined]
    return str(form["seen"].value())


def move(client: Client, period: Period, slug: str, reason: str = "Month end.") -> object:
    shown = client.get(reverse("books:period-show", args=[period.pk]))
    return client.post(
        reverse("books:period-move", args=[period.pk, slug]),
        {"reason": reason, "seen": seen_in(shown)}, follow=True,
    )  # fmt: skip


def test_two_people_close_a_period_from_its_page(books: Books, accountant: Client) -> None:
    asked = move(accountant, books.period, "ask-close")
    assert "2026-09 is to be closed once somebody else agrees." in text(asked)

    closed = move(signed_in(books.controller), books.period, "close")

    assert "2026-09 is closed." in text(closed)
    books.period.refresh_from_db()
    assert books.period.status == "closed"


def test_who_asked_is_told_that_somebody_else_decides(books: Books) -> None:
    controller = signed_in(books.controller)
    shown = move(controller, books.period, "ask-close")

    assert "You asked for this yourself. Somebody else decides it." in text(shown)


def test_a_step_without_a_reason_keeps_the_page_and_says_so(
    books: Books, accountant: Client
) -> None:
    answer = move(accountant, books.period, "ask-close", reason="")

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Say why, for whoever reads the record later." in text(answer)


def test_a_stale_page_closes_nothing(books: Books, accountant: Client) -> None:
    shown = accountant.get(reverse("books:period-show", args=[books.period.pk]))
    move(accountant, books.period, "ask-close")
    controller = signed_in(books.controller)
    move(controller, books.period, "decline-close")

    answer = accountant.post(
        reverse("books:period-move", args=[books.period.pk, "ask-close"]),
        {"reason": "Month end.", "seen": seen_in(shown)},
    )

    assert answer.status_code == 409
    books.period.refresh_from_db()
    assert books.period.status == "open"


def test_an_accountant_reverses_an_entry_from_its_page(books: Books, accountant: Client) -> None:
    entry = books.post()

    answer = accountant.post(
        reverse("books:entry-reverse", args=[entry.number]),
        {"reason": "Posted twice.", "posting_date": "2026-09-16"}, follow=True,
    )  # fmt: skip

    made = JournalEntry.objects.get(reverses=entry)
    assert f"{entry} is reversed by {made}." in text(answer)
    assert f"Reversed by {made}" in text(
        accountant.get(reverse("books:entry-show", args=[entry.number]))
    )


def test_a_reversal_into_no_period_says_what_to_do(books: Books, accountant: Client) -> None:
    entry = books.post()

    answer = accountant.post(
        reverse("books:entry-reverse", args=[entry.number]),
        {"reason": "Posted twice.", "posting_date": "2026-11-16"},
    )

    assert answer.status_code == 409
    assert "has no period 2026-11. Open it first" in text(answer)
    assert "Posted twice." in text(answer)


@pytest.mark.parametrize(("part", "given"), [
    ("account", {"code": "5000", "name": "Shipping", "kind": "expense", "is_postable": "on"}),
    ("cost-centre", {"code": "LOG", "name": "Logistics"}),
    ("tax-code", {"code": "ST9", "name": "New rate", "rate": "9"}),
])  # fmt: skip
def test_what_lines_are_coded_with_is_added(
    books: Books, accountant: Client, part: str, given: dict[str, str]
) -> None:
    given = given | {"reason": "Needed."}
    if part == "tax-code":
        given["account"] = str(books.accounts["2200"].pk)

    answer = accountant.post(
        reverse("books:part-add", args=[books.entity.code, part]), given, follow=True
    )

    assert "It is on record." in text(answer)
    assert given["name"] in text(answer)
    assert Event.objects.filter(reason="Needed.").count() == 1


def test_an_account_is_renamed_with_a_reason(books: Books, accountant: Client) -> None:
    account = books.accounts["4900"]
    address = reverse("books:part-change", args=["account", account.pk])
    shown = accountant.get(address)
    given = {"name": "Returns", "is_postable": "on", "reason": "Shorter.",
             "seen": shown.context["form"]["seen"].value()}  # fmt: skip

    accountant.post(address, given)

    account.refresh_from_db()
    assert (account.name, account.is_taxable) == ("Returns", False)


def test_a_form_sent_back_as_it_was_shown_loses_no_day(books: Books, accountant: Client) -> None:
    account = books.accounts["4900"]
    days = {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 12, 3)}
    chart.change(account, by=books.by, reason="Known days.", **days)
    address = reverse("books:part-change", args=["account", account.pk])
    shown = accountant.get(address).content.decode()
    given = {name: re.findall(f'name="{name}" value="([^"]*)"', shown)[0]
             for name in ("seen", "name", "starts_on", "ends_on")}  # fmt: skip

    accountant.post(address, given | {"name": "Returns", "is_postable": "on", "reason": "Shorter."})

    account.refresh_from_db()
    assert (account.name, account.starts_on, account.ends_on) == ("Returns", *days.values())


def test_a_month_is_opened_from_the_page(books: Books, accountant: Client) -> None:
    accountant.post(reverse("books:period-add", args=[books.entity.code]), {"month": "2026-10"})

    assert Period.objects.filter(entity=books.entity, month=10).exists()


@pytest.mark.parametrize("role", ["lead", "executive", "treasurer", "auditor"])
def test_readers_are_told_who_may_change(books: Books, role: str) -> None:
    reader = client(books, role)
    address = reverse("books:part-add", args=[books.entity.code, "account"])

    assert "needs the role accountant or controller there" in text(reader.get(address))
    answer = reader.post(address, {"code": "5", "name": "x", "kind": "asset", "reason": "Because."})
    assert answer.status_code == 409
    assert not Account.objects.filter(code="5").exists()


@pytest.mark.parametrize("name", ["period-move", "entry-reverse"])
def test_acts_are_no_gets(books: Books, accountant: Client, name: str) -> None:
    entry = books.post()
    before = Event.objects.count()
    arguments = {"period-move": [books.period.pk, "ask-close"], "entry-reverse": [entry.number]}

    assert accountant.get(reverse(f"books:{name}", args=arguments[name])).status_code == 302
    assert Event.objects.count() == before


def test_the_books_stand_in_the_menu_of_who_reads_them(books: Books) -> None:
    agent: User = factories.person("agent", books.entity)

    assert "Books" in text(signed_in(books.controller).get(reverse("books:overview")))
    assert 'href="/books/"' not in signed_in(agent).get("/").content.decode()
