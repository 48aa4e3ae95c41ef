"""Nobody marks a request as a duplicate of one they have not seen."""

from __future__ import annotations

import pytest

from requests_app import numbering, services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.pages import act, address, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    customer = factories.customer(entity=entity, name="Harbor Hotels")
    return factories.support_request(entity=entity, customer=customer)


@pytest.fixture
def original(support_request: SupportRequest) -> SupportRequest:
    other = factories.customer(entity=support_request.entity, name="Quay Inn")
    return factories.support_request(
        entity=support_request.entity, customer=other, subject="Wet towels"
    )


def tail(request: SupportRequest) -> str:
    return str(int(request.number.rpartition("-")[2]))


def test_the_other_request_is_shown_before_anything_is_done(
    support_request: SupportRequest, original: SupportRequest, agent: User
) -> None:
    answer = act(signed_in(agent), support_request, "mark-duplicate", {"original": tail(original)})
    shown = text(answer)
    assert answer.status_code == 200
    for told in (original.number, "Wet towels", "Customer Quay Inn", "Status New"):
        assert told in shown
    assert "It is another customer's." in shown
    support_request.refresh_from_db()
    assert support_request.duplicate_of is None


def test_once_shown_it_is_done_and_said_of_what(
    support_request: SupportRequest, original: SupportRequest, agent: User
) -> None:
    sent = {"original": tail(original), "shown": original.number}
    answer = act(signed_in(agent), support_request, "mark-duplicate", sent, follow=True)
    assert f"{support_request.number} is a duplicate of {original.number} now." in text(answer)
    support_request.refresh_from_db()
    assert support_request.duplicate_of == original


def test_having_seen_one_is_no_consent_to_another(
    support_request: SupportRequest, original: SupportRequest, agent: User
) -> None:
    third = factories.support_request(entity=support_request.entity)
    sent = {"original": third.number, "shown": original.number}
    assert act(signed_in(agent), support_request, "mark-duplicate", sent).status_code == 200
    support_request.refresh_from_db()
    assert support_request.duplicate_of is None


def test_no_warning_where_both_are_of_one_customer(
    support_request: SupportRequest, agent: User
) -> None:
    same = factories.support_request(
        entity=support_request.entity, customer=support_request.customer
    )
    answer = act(signed_in(agent), support_request, "mark-duplicate", {"original": same.number})
    assert "Is it a duplicate of this one?" in text(answer)
    assert "another customer's" not in text(answer)


def test_what_cannot_stand_for_it_is_refused_instead_of_shown(
    support_request: SupportRequest, agent: User
) -> None:
    sent = {"original": support_request.number}
    answer = act(signed_in(agent), support_request, "mark-duplicate", sent)
    assert answer.status_code == 409
    assert "no duplicate of itself" in text(answer)
    assert "Is it a duplicate" not in text(answer)


@pytest.mark.parametrize("typed", ["36", "000036", "036"])
def test_a_short_number_is_one_that_was_given_out(entity: Entity, typed: str) -> None:
    with_36 = numbering.next_numbers(entity, "R", 40, year=2024)
    numbering.next_numbers(entity, "R", 20, year=2025)
    numbering.next_numbers(entity, "J", 40, year=2025)
    assert numbering.ending_in(typed, [entity.pk]) == [with_36[35]]
    assert numbering.ending_in(typed, []) == []


@pytest.mark.parametrize("typed", ["", "0", "000", "x36", "3 6", "٣٦", "1" * 10])
def test_what_is_no_short_number_names_nothing(entity: Entity, typed: str) -> None:
    numbering.next_numbers(entity, "R", 40)
    assert numbering.ending_in(typed, [entity.pk]) == []


def test_the_same_year_is_meant_where_there_are_several(
    support_request: SupportRequest, agent: User
) -> None:
    original = factories.support_request(entity=support_request.entity)
    numbering.next_numbers(support_request.entity, "R", 40, year=2001)
    answer = act(signed_in(agent), support_request, "mark-duplicate", {"original": tail(original)})
    assert original.number in text(answer)


def test_a_priority_is_told_by_name(support_request: SupportRequest, agent: User) -> None:
    answer = act(
        signed_in(agent), support_request, "change-priority", {"priority": "high"}, follow=True
    )
    assert "The priority is high now." in text(answer)


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_what_was_said_is_where_the_page_opens(
    verb: str, support_request: SupportRequest, agent: User
) -> None:
    client = signed_in(agent)
    answer = act(client, support_request, verb, {"body": "We look into it."})
    message = support_request.messages.get()
    assert answer.headers["Location"] == f"{address(support_request)}#message-{message.pk}"
    page = client.get(answer.headers["Location"])
    assert f'id="message-{message.pk}" tabindex="-1"' in page.content.decode()


def test_a_refusal_leads_to_its_form(support_request: SupportRequest, agent: User) -> None:
    client = signed_in(agent)
    before = {"seen": ""}
    answer = client.post(address(support_request, "reply"), before | {"body": "Soon."})
    assert '<a href="#reply-form">To the form</a>' in answer.content.decode()
    assert 'id="reply-form"' in answer.content.decode()


def crossed(support_request: SupportRequest, agent: User, verb: str, meanwhile: object) -> int:
    from requests_app.standing import standing_of

    sent = {"seen": str(standing_of(support_request)), "body": "We look into it."}
    assert callable(meanwhile)
    meanwhile()
    return int(signed_in(agent).post(address(support_request, verb), sent).status_code)


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_no_answer_is_stale_by_facts_that_it_does_not_overwrite(
    verb: str, support_request: SupportRequest, agent: User
) -> None:
    own = factories.actor(agent)
    lead = factories.person("lead", support_request.entity)

    def facts() -> None:
        services.change_priority(support_request=support_request, priority="high", by=own)
        services.change_category(support_request=support_request, category="Rooms", by=own)
        services.assign(support_request=support_request, assignee=lead, by=factories.actor(lead))
        services.note(support_request=support_request, body="Mine", by=own)

    assert crossed(support_request, agent, verb, facts) == 302


def customer_writes(request: SupportRequest, _by: object) -> None:
    services.answer(support_request=request, body="And the towels?", by=factories.TESTER)


def colleague_replies(request: SupportRequest, by: object) -> None:
    services.reply(support_request=request, body="Done.", by=by)  # type: ignore[arg-type]


def colleague_resolves(request: SupportRequest, by: object) -> None:
    services.take(support_request=request, by=by)  # type: ignore[arg-type]
    services.resolve(
        support_request=request,
        resolution="fixed",
        note="Done",
        by=by,  # type: ignore[arg-type]
    )


def becomes_anothers(request: SupportRequest, by: object) -> None:
    other = factories.customer(entity=request.entity, name="Quay Inn")
    services.change_customer(
        support_request=request, customer=lambda: other, reason="Theirs",
        by=by,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    "meanwhile", [customer_writes, colleague_replies, colleague_resolves, becomes_anothers]
)
def test_an_answer_is_stale_by_what_could_make_it_another(
    meanwhile: object, support_request: SupportRequest, agent: User
) -> None:
    lead = factories.actor(factories.person("lead", support_request.entity))
    assert callable(meanwhile)
    status = crossed(support_request, agent, "reply", lambda: meanwhile(support_request, lead))
    assert status == 409
