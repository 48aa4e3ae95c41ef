"""Every word must stand somewhere in the request, its customer or its messages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from requests_app import services
from requests_app.filters import asked
from requests_app.models import Entity, SupportRequest, User
from requests_app.queue import documents, grammar
from tests import factories
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db

LIST = "/requests/"
HITS = [
    "linen", "LINEN", "lin", "zürich", "ZÜRICH", "harbor", "hotels light", "harborlight",
    "ap.team@harborlight.example", "team", "C-1001", "cartons soaked", "carrier", "promi",
    "linen carrier harbor", "warehouse", "25,000", "25000.00", "$25,000", "25000", "1250",
    "1,250.00", '"carrier has promised"', '"four cartons"', "linen, carrier!",
    "customer:harbor",
    "subject:linen", "message:foreman", "message:cartons", "amount:25000", "status:new",
    "linen status:open", "priority:normal", "assignee:nobody", "category:delivery",
    "customer:C-1001", "number:US-R linen",
]  # fmt: skip
MISSES = [
    "inen", "linen zebra", '"promised has"', '"carrier has prom"', "subject:carrier",
    "message:linen", "customer:linen", "number:linen", "amount:linen", "amount:2500", "2500.01",
    "linen priority:high", "linen assignee:me", '"soaked harbor"', "linen category:billing",
]  # fmt: skip
HOSTILE = [
    "linen & zebra", "linen:*", "!linen", "linen | !zebra", "'linen", "linen\\", "(linen",
    "a:b:c",
    "<->", "':*", "\u202elinen", "%", "x'; DROP TABLE", "linen" * 40, "\u0627" * 200, "re:linen",
    '"',
    '""', "status:bogus", "😀", "²", "1e5", "--", "assignee:x", "a " * 100,
]  # fmt: skip


@pytest.fixture
def wanted(entity: Entity, agent: User) -> SupportRequest:
    """One request with something in every place; beside it, one that has nothing of it."""
    customer = factories.customer(
        entity=entity, name="Harbor Light Hotels", email="ap.team@harborlight.example",
        reference="C-1001",
    )  # fmt: skip
    made = factories.support_request(
        entity=entity, customer=customer, subject="Wet linen in Zürich", category="Delivery",
        description="Four cartons were soaked.", claimed_amount=Decimal("25000"),
        claimed_currency="USD",
    )  # fmt: skip
    by = factories.actor(agent)
    services.reply(support_request=made, body="The carrier has promised 1,250.00 back.", by=by)
    services.note(support_request=made, body="Ask the <b>warehouse</b> foreman", by=by)
    factories.support_request(entity=entity, subject="Something else")
    return made


def found(query: str, person: User) -> list[str]:
    form = asked(f"q={query.replace('&', '%26').replace('+', '%2B').replace('#', '%23')}", person)
    return list(form.found().values_list("number", flat=True))


def test_a_request_is_found_by_what_stands_in_any_of_its_places(
    wanted: SupportRequest, agent: User
) -> None:
    assert [query for query in HITS if wanted.number not in found(query, agent)] == []


def test_what_does_not_stand_there_finds_nothing(wanted: SupportRequest, agent: User) -> None:
    assert [query for query in MISSES if wanted.number in found(query, agent)] == []


def test_a_number_is_found_by_its_whole_and_by_its_parts(
    wanted: SupportRequest, agent: User
) -> None:
    for query in (wanted.number, wanted.number.lower(), wanted.number[-6:], wanted.number[:9]):
        assert wanted.number in found(query, agent), query


def test_a_whole_number_is_offered_first(wanted: SupportRequest, agent: User) -> None:
    shown = text(signed_in(agent).get(LIST, {"q": wanted.number.lower(), "status": "closed"}))
    assert f"{wanted.number} Wet linen in Zürich" in shown
    assert "No request matches" in shown


def test_signs_of_any_language_are_harmless(wanted: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    answers = {query: client.get(LIST, {"q": query}).status_code for query in HOSTILE}
    assert set(answers.values()) == {200}, answers


def test_a_null_character_is_refused_with_a_sentence(agent: User) -> None:
    response = signed_in(agent).get(LIST, {"q": "a\0b"})
    assert response.status_code == 200
    assert "Nothing was looked up" in text(response)


def test_a_search_without_a_letter_says_what_it_needs(wanted: SupportRequest, agent: User) -> None:
    shown = text(signed_in(agent).get(LIST, {"q": "?!"}))
    assert "A search needs a letter or a digit." in shown
    assert wanted.number not in shown


def test_a_value_that_nothing_is_called_is_named(wanted: SupportRequest, agent: User) -> None:
    shown = text(signed_in(agent).get(LIST, {"q": "status:bogus linen"}))
    assert "No status is called bogus. Choose it in its own field." in shown


def test_a_person_is_sought_by_the_name_they_sign_in_with(
    wanted: SupportRequest, agent: User
) -> None:
    services.take(support_request=wanted, by=factories.actor(agent))
    assert found(f"assignee:{agent.username}", agent) == [wanted.number]
    assert found('assignee:"ana reyes"', agent) == [wanted.number]


def test_requests_of_other_entities_are_not_found(wanted: SupportRequest) -> None:
    stranger = factories.person("agent", factories.entity(code="DE"))
    for query in ("linen", wanted.number, "carrier", "25000"):
        assert found(query, stranger) == []


def test_the_words_around_a_match_are_shown_and_marked(wanted: SupportRequest, agent: User) -> None:
    html = signed_in(agent).get(LIST, {"q": "carrier"}).content.decode()
    assert "The <mark>carrier</mark> has promised" in html
    assert "Reply:" in html


def test_markup_in_a_message_stays_text_where_it_is_shown(
    wanted: SupportRequest, agent: User
) -> None:
    html = signed_in(agent).get(LIST, {"q": "warehouse"}).content.decode()
    assert "&lt;b&gt;<mark>warehouse</mark>&lt;/b&gt;" in html
    assert "<b>" not in html


def test_what_the_row_shows_already_is_not_said_twice(wanted: SupportRequest, agent: User) -> None:
    assert "<mark>" not in signed_in(agent).get(LIST, {"q": "linen"}).content.decode()


def test_a_long_message_of_many_words_is_kept_and_its_start_is_found(
    wanted: SupportRequest, agent: User
) -> None:
    words = " ".join(f"{chr(0x4E00 + n % 20_000)}{n:x}" for n in range(60_000))
    services.note(support_request=wanted, body=f"begins {words}", by=factories.actor(agent))
    assert len(words) > documents.LONGEST
    assert found("begins", agent) == [wanted.number]


def test_a_search_takes_few_queries(
    wanted: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(agent)
    with django_assert_max_num_queries(15):
        client.get(LIST, {"q": "carrier linen"})


def test_a_term_is_what_stands_between_spaces() -> None:
    terms = grammar.parsed('wet  "two words" customer:"Harbor Light" $1,250').terms
    assert [(term.words, term.place, term.is_phrase, term.amount) for term in terms] == [
        (("wet",), "", False, None),
        (("two", "words"), "", True, None),
        (("Harbor", "Light"), "customer", True, None),
        (("1", "250"), "", False, Decimal(1250)),
    ]
