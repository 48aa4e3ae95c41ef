"""A form that is sent twice, by a second click or the browser's Back, is done once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from audit.recording import is_in_transaction
from requests_app import services
from requests_app.models import Entity, Message, Rule, SupportRequest, User
from tests import factories, promises
from tests.pages import address, signed_in, text, value_of

pytestmark = pytest.mark.django_db

NEW = "/requests/new/"


def key_of(client: Client, path: str) -> str:
    found = re.findall(r'name="once" value="([\w-]+)"', client.get(path).content.decode())
    assert found
    return str(found[0])


def facts(entity: Entity, **more: str) -> dict[str, str]:
    return {
        "entity": entity.code, "channel": "mail", "subject": "Wet linen", "description": "Rain.",
        "priority": "normal", **more,
    }  # fmt: skip


def reply_of(client: Client, opened: SupportRequest) -> dict[str, str]:
    here = address(opened)
    page = client.get(here)
    return {"seen": value_of(page, "reply-seen"), "once": key_of(client, here), "body": "Soon."}


def test_a_new_request_sent_twice_is_one_and_both_lead_to_it(entity: Entity, agent: User) -> None:
    client = signed_in(agent)
    sent = facts(entity, once=key_of(client, NEW))

    answers = [client.post(NEW, sent) for _ in range(2)]

    opened = SupportRequest.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [address(opened)] * 2
    assert "sent twice and is done once" in text(client.get(address(opened)))


def test_the_same_form_with_other_words_is_kept_and_asked_about(
    entity: Entity, agent: User
) -> None:
    client = signed_in(agent)
    key = key_of(client, NEW)
    client.post(NEW, facts(entity, once=key))

    second = client.post(NEW, facts(entity, once=key, subject="Wet towels"))

    assert second.status_code == 422
    assert "was sent before, with other words or files" in text(second)
    assert value_of(second, "id_subject") == "Wet towels"
    fresh = re.search(r'name="once" value="([\w-]+)"', second.content.decode())
    assert fresh is not None
    client.post(NEW, facts(entity, once=fresh[1], subject="Wet towels"))
    assert SupportRequest.objects.count() == 2


def test_a_form_that_was_not_accepted_can_be_sent_again(entity: Entity, agent: User) -> None:
    client = signed_in(agent)
    key = key_of(client, NEW)
    assert client.post(NEW, facts(entity, once=key, subject="")).status_code == 422
    assert client.post(NEW, facts(entity, once=key)).status_code == 302
    assert SupportRequest.objects.count() == 1


def test_a_key_is_its_persons_own(entity: Entity, agent: User) -> None:
    key = key_of(signed_in(agent), NEW)
    for person in (agent, factories.person("agent", entity)):
        assert signed_in(person).post(NEW, facts(entity, once=key)).status_code == 302
    assert SupportRequest.objects.count() == 2


@pytest.mark.parametrize("key", ["", "short", "no key at all, really"])
def test_a_form_without_a_key_is_done_as_often_as_it_is_sent(
    key: str, entity: Entity, agent: User
) -> None:
    for _ in range(2):
        assert signed_in(agent).post(NEW, facts(entity, once=key)).status_code == 302
    assert SupportRequest.objects.count() == 2


def test_a_reply_sent_twice_is_one(entity: Entity, agent: User) -> None:
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    sent = reply_of(client, opened)

    answers = [client.post(address(opened, "reply"), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Message.objects.filter(body="Soon.").count() == 1


def test_the_same_words_on_a_page_asked_for_anew_are_no_second_reply(
    entity: Entity, agent: User
) -> None:
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    for _ in range(2):  # each with the key and the standing of a page of its own
        answer = client.post(address(opened, "reply"), reply_of(client, opened))
        assert answer.headers["Location"].startswith(f"{address(opened)}#message-")
    assert Message.objects.filter(body="Soon.").count() == 1


def test_the_same_words_are_said_again_after_the_customer_has_asked_again(
    entity: Entity, agent: User
) -> None:
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    client.post(address(opened, "reply"), reply_of(client, opened))
    services.answer(support_request=opened, body="And the towels?", by=factories.TESTER)
    client.post(address(opened, "reply"), reply_of(client, opened))
    assert Message.objects.filter(body="Soon.").count() == 2


def test_a_corrected_file_of_the_same_name_and_size_is_not_taken_for_the_first(
    entity: Entity, agent: User
) -> None:
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    sent = reply_of(client, opened)
    for content in (b"amount\n10", b"amount\n12"):
        file = SimpleUploadedFile("a.csv", content)
        answer = client.post(address(opened, "reply"), {**sent, "files": file})

    assert answer.status_code == 409
    assert "with other words or files" in text(answer)


def test_the_same_file_sent_twice_is_done_once_and_kept_once(
    entity: Entity, agent: User, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    sent = reply_of(client, opened)
    for _ in range(2):
        file = SimpleUploadedFile("a.csv", b"amount\n10")
        assert client.post(address(opened, "reply"), {**sent, "files": file}).status_code == 302

    assert opened.attachments.count() == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


SCANNED_WITHIN: list[bool] = []


def note_where(path: Path) -> str:
    """A scanner that finds nothing, and says whether a transaction waited for it."""
    SCANNED_WITHIN.append(is_in_transaction(connection))
    return ""


@pytest.mark.parametrize("verb", ["reply", "note", "attach"])
def test_no_transaction_is_open_while_a_file_is_scanned(
    verb: str, entity: Entity, agent: User, settings: Any
) -> None:
    settings.ATTACHMENT_SCANNER = f"{__name__}:note_where"
    SCANNED_WITHIN.clear()
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    sent = reply_of(client, opened) | {"files": SimpleUploadedFile("a.csv", b"amount")}

    assert client.post(address(opened, verb), sent).status_code == 302

    assert SCANNED_WITHIN == [False]
    assert opened.attachments.get().scanner == f"{__name__}:note_where"


def test_a_reply_changed_after_going_back_is_no_second_one_by_itself(
    entity: Entity, agent: User
) -> None:
    opened, client = factories.support_request(entity=entity), signed_in(agent)
    sent = reply_of(client, opened)
    client.post(address(opened, "reply"), sent)

    second = client.post(address(opened, "reply"), sent | {"body": "Sooner."})

    assert second.status_code == 409
    assert value_of(second, "reply-body") == "Sooner."
    assert not Message.objects.filter(body="Sooner.").exists()


def test_a_rule_sent_twice_is_one(entity: Entity) -> None:
    client = signed_in(factories.person("lead", entity))
    promises.office(entity)
    path = f"/due-dates/{entity.code}/closing/new/"
    sent = {
        "once": key_of(client, path), "name": "By itself", "days": "7", "category": "Billing",
        "reason": promises.WHY,
    }  # fmt: skip

    answers: list[Any] = [client.post(path, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Rule.objects.count() == 1
