"""Redaction: what was written goes everywhere it stood; that, by whom and why it went stays."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from django.db import IntegrityError, connection

from audit import erasing, timeline
from audit.models import Erasure, Event
from audit.recording import ReasonMissing, recording
from audit.versions import version_model
from requests_app import services, storage
from requests_app.models import Entity, Message, RawIntake, SupportRequest, User
from requests_app.services import RequestRefused
from tests import factories

SECRET = "Her card is 4111 1111 1111 1111."
pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity, description=SECRET)


@pytest.fixture
def officer(entity: Entity) -> User:
    return factories.person("privacy_officer", entity, display_name="Pia Orr")


@pytest.fixture
def message(support_request: SupportRequest, agent: User) -> Message:
    by = factories.actor(agent)
    return services.note(support_request=support_request, body=SECRET, by=by)


def redact(message: Message, by: User, reason: str = "A card number") -> Message:
    return services.redact_message(message=message, by=factories.actor(by), reason=reason)


def stored_anywhere(words: str) -> list[str]:
    """The tables of which a row holds these words, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE strpos(to_jsonb(t)::text, %s) > 0'
                " OR strpos(to_jsonb(t)::text, %s) > 0",
                [words, words.encode().hex()],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_redacted_message_stands_in_no_table_any_more(message: Message, officer: User) -> None:
    assert "requests_app_historicalmessage" in stored_anywhere(SECRET)
    redact(message, officer)
    message.refresh_from_db()
    assert message.body == ""
    assert set(stored_anywhere(SECRET)) == {
        "requests_app_supportrequest", "requests_app_historicalsupportrequest",
        "requests_app_rawintake",
    }  # fmt: skip


def test_redacting_the_request_clears_the_description_and_the_original(
    support_request: SupportRequest, officer: User
) -> None:
    services.redact_request(
        support_request=support_request, by=factories.actor(officer), reason="A card number"
    )
    assert stored_anywhere(SECRET) == []
    assert stored_anywhere(hashlib.sha256(SECRET.encode()).hexdigest()) == []
    original = RawIntake.objects.get(pk=support_request.intake_id)
    assert (bytes(original.content), original.sha256, original.size) == (b"", "", len(SECRET))


def test_it_leaves_a_tombstone_with_who_why_when_and_how_much(
    message: Message, officer: User
) -> None:
    redact(message, officer)
    stone = erasing.tombstone_of(message, "body")
    assert stone is not None
    assert (stone.event.actor_label, stone.event.actor_role, stone.event.reason) == (
        "Pia Orr", "Privacy officer", "A card number",
    )  # fmt: skip
    assert (stone.size, stone.unit, len(stone.commitment)) == (len(SECRET), "characters", 64)
    assert stone.event.detail == {"message": message.pk}


def test_who_has_the_value_and_its_salt_can_prove_what_stood_there(
    message: Message, officer: User
) -> None:
    salt = bytes(message.history.get().salt)
    redact(message, officer)
    field_salt = hmac.digest(salt, b"body", "sha256")
    value = SECRET.encode()
    expected = hashlib.sha256(
        (4).to_bytes(4, "big") + b"body" + len(value).to_bytes(8, "big") + value + field_salt
    ).hexdigest()
    assert {each.commitment for each in Erasure.objects.all()} == {expected}


def test_the_salt_of_what_went_goes_with_it_and_those_of_the_rest_stay(
    message: Message, officer: User
) -> None:
    before = bytes(message.history.get().salt)
    redact(message, officer)
    left = json.loads(bytes(message.history.earliest().salt))
    assert "body" not in left
    assert left["author_label"] == hmac.digest(before, b"author_label", "sha256").hex()
    assert set(left) == {
        "id", "kind", "author_id", "author_label", "written_at", "corrects_id",
        "support_request_id",
    }  # fmt: skip


def test_the_trail_says_redacted_where_the_text_stood(message: Message, officer: User) -> None:
    redact(message, officer)
    noted, redacted = timeline.entries_of(
        list(Event.objects.filter(kind__in=["request.noted", "message.redacted"]).order_by("id"))
    )
    [body] = [each for each in noted.rows[0].changes if each.field == "body"]
    assert (body.after_state, body.after) == (
        "redacted",
        f"redacted by event E-{redacted.event.pk}",
    )
    [change] = redacted.rows[0].changes
    assert (change.before, change.after) == (
        f"redacted by event E-{redacted.event.pk}", "redacted",
    )  # fmt: skip


def test_a_comparison_says_redacted_too(message: Message, officer: User) -> None:
    redact(message, officer)
    first = version_model(Message).objects.filter(id=message.pk).earliest()
    compared = timeline.compare(Message, message.pk, first.pk, None)
    [body] = [each for each in compared.changes if each.field == "body"]
    assert body.after_state == "redacted"


def test_a_later_version_keeps_the_tombstone_and_its_other_changes(
    support_request: SupportRequest, officer: User, agent: User
) -> None:
    services.redact_request(
        support_request=support_request, by=factories.actor(officer), reason="A card number"
    )
    services.take(support_request=support_request, by=factories.actor(agent))
    newest = support_request.history.latest()
    compared = timeline.compare(
        SupportRequest, support_request.pk, newest.pk, None, all_fields=True
    )
    [text] = [each for each in compared.changes if each.field == "description"]
    assert text.after_state == "redacted"


@pytest.mark.parametrize("role", ["agent", "auditor", "administrator", "controller"])
def test_only_a_lead_or_a_privacy_officer_redacts(
    role: str, message: Message, entity: Entity
) -> None:
    with pytest.raises(RequestRefused, match="needs the role lead or privacy officer there"):
        redact(message, factories.person(role, entity))
    assert Message.objects.get().body == SECRET
    assert Event.objects.get(kind="message.redacted").outcome == "denied"


def test_a_lead_of_another_entity_redacts_nothing(message: Message) -> None:
    with pytest.raises(RequestRefused, match="needs the role lead"):
        redact(message, factories.person("lead", factories.entity(code="DE")))


def test_a_reason_is_needed(message: Message, officer: User) -> None:
    with pytest.raises(ReasonMissing):
        redact(message, officer, reason=" ")
    assert Message.objects.get().body == SECRET


def test_twice_is_refused(message: Message, officer: User) -> None:
    redact(message, officer)
    with pytest.raises(RequestRefused, match="redacted already"):
        redact(message, officer)
    assert Event.objects.filter(kind="message.redacted", outcome="done").count() == 1


def test_a_failure_undoes_it_and_keeps_the_bytes(
    support_request: SupportRequest, officer: User, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    made = services.attach(
        support_request=support_request, name="card.txt", content=SECRET.encode(),
        by=factories.TESTER,
    )  # fmt: skip

    def fail(cleared: int) -> str:
        raise RuntimeError

    monkeypatch.setattr(services.redacting, "why_not_again", fail)
    with pytest.raises(RuntimeError), django_capture_on_commit_callbacks(execute=True):
        services.redact_attachment(attachment=made, by=factories.actor(officer), reason="Card")
    made.refresh_from_db()
    assert made.name == "card.txt"
    assert storage.path_of(made.storage_key).read_text() == SECRET


def test_a_redacted_file_loses_its_name_and_its_bytes_and_keeps_its_hash(
    support_request: SupportRequest, officer: User, django_capture_on_commit_callbacks: Any
) -> None:
    made = services.attach(
        support_request=support_request, name="card.txt", content=SECRET.encode(),
        by=factories.TESTER,
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        services.redact_attachment(attachment=made, by=factories.actor(officer), reason="Card")
    made.refresh_from_db()
    assert (made.name, made.sha256) == ("", hashlib.sha256(SECRET.encode()).hexdigest())
    assert not storage.path_of(made.storage_key).exists()
    assert stored_anywhere("card.txt") == []
    assert Event.objects.get(kind="attachment.redacted").detail == {
        "file": made.pk, "sha256": made.sha256, "bytes": len(SECRET),
    }  # fmt: skip


def test_a_file_that_came_with_a_mail_takes_the_mails_original_along(
    entity: Entity, officer: User
) -> None:
    opened = factories.support_request(
        entity=entity, original=f"Subject: x\r\n\r\n{SECRET}".encode(), media_type="message/rfc822"
    )
    made = services.attach(
        support_request=opened, name="card.txt", content=SECRET.encode(), by=factories.TESTER
    )
    services.redact_attachment(attachment=made, by=factories.actor(officer), reason="Card")
    original = RawIntake.objects.get(pk=opened.intake_id)
    assert (bytes(original.content), original.sha256) == (b"", "")


def test_a_file_that_a_colleague_attached_leaves_the_mail_as_it_is(
    entity: Entity, officer: User, agent: User
) -> None:
    opened = factories.support_request(
        entity=entity, original=b"Subject: x", media_type="message/rfc822"
    )
    made = services.attach(
        support_request=opened, name="card.txt", content=SECRET.encode(), by=factories.actor(agent)
    )
    services.redact_attachment(attachment=made, by=factories.actor(officer), reason="Card")
    assert bytes(RawIntake.objects.get(pk=opened.intake_id).content) == b"Subject: x"


def test_an_original_without_content_has_no_hash_either(support_request: SupportRequest) -> None:
    with (
        pytest.raises(IntegrityError, match="raw_intake_hash_is_of_its_content"),
        recording("record.created", by=factories.TESTER),
    ):
        RawIntake(
            entity=support_request.entity, media_type="text/plain", content=b"", size=9,
            sha256=hashlib.sha256(b"something").hexdigest(),
        ).save()  # fmt: skip


def test_a_correction_points_to_a_message_of_its_own_request(
    message: Message, entity: Entity
) -> None:
    other = factories.support_request(entity=entity)
    with (
        pytest.raises(IntegrityError, match="message_corrects_one_of_its_request"),
        recording("record.created", by=factories.TESTER, subject=other),
    ):
        Message(
            support_request=other, kind="note", author_label="x", body="x", corrects=message
        ).save()  # fmt: skip
