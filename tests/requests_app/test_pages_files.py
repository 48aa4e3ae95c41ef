"""Files, corrections and redactions as the pages offer and show them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Event
from requests_app import services, storage
from requests_app.models import Attachment, Entity, Message, SupportRequest, User
from requests_app.standing import standing_of
from tests import factories
from tests.pages import act, address, body, signed_in, text, value_of

SECRET = "Her card is 4111 1111 1111 1111."
pytestmark = pytest.mark.django_db


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity, description=SECRET)


@pytest.fixture
def lead(entity: Entity) -> User:
    return factories.person("lead", entity, display_name="Lea Dunn")


@pytest.fixture
def attachment(support_request: SupportRequest) -> Attachment:
    return services.attach(
        support_request=support_request, name="étude <b>.html", by=factories.TESTER,
        content=b"<html><script>alert(1)</script>",
    )  # fmt: skip


@pytest.fixture
def message(support_request: SupportRequest, agent: User) -> Message:
    by = factories.actor(agent)
    return services.reply(support_request=support_request, body="We pay 20 dollars.", by=by)


def sent_file(name: str = "a.txt", content: bytes = b"words") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def file_address(attachment: Attachment) -> str:
    return f"{address(attachment.support_request)}files/{attachment.pk}/"


def redact_address(part: Message | Attachment) -> str:
    word = "file" if isinstance(part, Attachment) else "message"
    return f"{address(part.support_request)}redact/{word}/{part.pk}/"


def test_files_are_attached_from_the_page(support_request: SupportRequest, agent: User) -> None:
    files = {"files": [sent_file("a.txt"), sent_file("b.txt", b"more")]}
    response = act(signed_in(agent), support_request, "attach", files, follow=True)
    assert "The files are on record." in response.content.decode()
    assert [each.name for each in support_request.attachments.all()] == ["a.txt", "b.txt"]
    assert "a.txt 5\xa0bytes · Ana Reyes" in text(response).replace("5 bytes", "5\xa0bytes")


def test_a_reply_carries_its_files_and_shows_them_under_it(
    support_request: SupportRequest, agent: User
) -> None:
    act(signed_in(agent), support_request, "reply", {"body": "See here", "files": [sent_file()]})
    [made] = support_request.attachments.all()
    assert made.message == support_request.messages.get()
    shown = text(signed_in(agent).get(address(support_request)))
    assert "See here a.txt" in shown


def test_a_refused_file_keeps_the_text_and_asks_for_the_file_again(
    support_request: SupportRequest, agent: User
) -> None:
    response = act(
        signed_in(agent), support_request, "reply",
        {"body": "See here", "files": [sent_file(content=b"")]},
    )  # fmt: skip
    shown = text(response)
    assert response.status_code == 409
    assert "The file is empty. Choose it again." in shown
    assert "Choose the files again: a browser does not keep them." in shown
    assert f"They were, in this order: {sent_file().name}." in shown
    refused = Event.objects.get(kind="request.replied", outcome="denied")
    assert sent_file().name not in str(refused.detail)
    assert value_of(response, "reply-body") == "See here"
    assert not support_request.messages.exists()


def test_attaching_nothing_is_asked_for(support_request: SupportRequest, agent: User) -> None:
    response = act(signed_in(agent), support_request, "attach")
    assert response.status_code == 422
    assert "Choose a file first." in text(response)


def test_a_file_is_given_out_as_a_download_that_no_browser_shows(
    attachment: Attachment, agent: User
) -> None:
    response = signed_in(agent).get(file_address(attachment))
    assert body(response) == b"<html><script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%A9tude")
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(attachment.size)
    assert "no-store" in response["Cache-Control"]


def test_a_download_goes_on_record_once_a_quarter_of_an_hour(
    attachment: Attachment, agent: User
) -> None:
    for _ in range(2):
        body(signed_in(agent).get(file_address(attachment)))
    event = Event.objects.get(kind="request.file_downloaded")
    assert (event.actor_label, event.support_request_id, event.subject_id) == (
        "Ana Reyes", attachment.support_request_id, str(attachment.pk),
    )  # fmt: skip
    assert "tude" not in event.subject_label


def test_who_may_not_see_the_request_finds_no_file(attachment: Attachment) -> None:
    stranger = factories.person("agent", factories.entity(code="DE"))
    assert signed_in(stranger).get(file_address(attachment)).status_code == 404
    assert Event.objects.get(kind="request.view_denied").actor_label == str(stranger)


def test_a_file_of_another_request_is_not_found_under_this_one(
    attachment: Attachment, agent: User, entity: Entity
) -> None:
    other = factories.support_request(entity=entity)
    wrong = f"{address(other)}files/{attachment.pk}/"
    assert signed_in(agent).get(wrong).status_code == 404


def test_a_download_is_no_verb_that_can_be_posted(attachment: Attachment, agent: User) -> None:
    assert signed_in(agent).post(file_address(attachment)).status_code == 405


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_file_that_is_not_what_was_stored_is_not_given_out(
    harm: str, attachment: Attachment, agent: User
) -> None:
    path = storage.path_of(attachment.storage_key)
    path.write_bytes(b"something else") if harm == "changed" else path.unlink()
    response = signed_in(agent).get(file_address(attachment))
    assert response.status_code == 409
    assert "This file is not what was stored" in text(response)
    event = Event.objects.get(kind="request.file_refused")
    assert (event.outcome, event.detail["sha256"]) == ("failed", attachment.sha256)


def test_a_message_is_corrected_by_a_new_one_and_stays_folded(
    message: Message, support_request: SupportRequest, agent: User
) -> None:
    client, place = signed_in(agent), f"{address(support_request)}correct/{message.pk}/"
    page = client.get(place)
    assert value_of(page, "id_body") == "We pay 20 dollars."
    typed = {"seen": value_of(page, "id_seen"), "body": "We pay 200 dollars.", "reason": "A zero"}
    response = client.post(place, typed, follow=True)
    shown = text(response)
    assert "Corrected by Ana Reyes" in shown
    assert shown.index("We pay 20 dollars.") < shown.index("We pay 200 dollars.")
    correction = Message.objects.get(corrects=message)
    assert (correction.kind, correction.body) == ("reply", "We pay 200 dollars.")
    event = Event.objects.get(kind="request.message_corrected")
    assert (event.reason, event.detail) == ("A zero", {"message": message.pk})


def test_a_correction_does_not_cross_what_its_writer_has_not_seen(
    message: Message, support_request: SupportRequest, agent: User
) -> None:
    seen = standing_of(support_request)
    services.note(support_request=support_request, body="Wait", by=factories.actor(agent))
    response = signed_in(agent).post(
        f"{address(support_request)}correct/{message.pk}/", {"seen": str(seen), "body": "Other"}
    )
    assert response.status_code == 409
    assert value_of(response, "id_seen") == str(standing_of(support_request))
    assert value_of(response, "id_body") == "Other"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("same", "The text is the same."),
        ("again", "This message was corrected already."),
        ("redacted", "This message was redacted."),
    ],
)
def test_what_cannot_be_corrected_says_why(
    change: str, told: str, message: Message, agent: User, lead: User
) -> None:
    by = factories.actor(agent)
    if change == "again":
        services.correct(message=message, body="We pay 200 dollars.", by=by)
    if change == "redacted":
        services.redact_message(message=message, by=factories.actor(lead), reason="Wrong")
    given = message.body if change == "same" else "We pay 2 dollars."
    with pytest.raises(services.RequestRefused, match=told):
        services.correct(message=message, body=given, by=by)
    assert Event.objects.filter(kind="request.message_corrected", outcome="denied").exists()


def test_what_the_customer_wrote_is_not_ours_to_correct(message: Message) -> None:
    message.kind = Message.Kind.CUSTOMER
    assert "theirs" in services.why_not_correct(message)


def test_the_page_before_a_redaction_shows_what_goes_and_that_it_is_final(
    message: Message, lead: User
) -> None:
    shown = text(signed_in(lead).get(redact_address(message)))
    assert "We pay 20 dollars." in shown
    assert "18 characters, where it stands now and in 1 recorded version" in shown
    assert "Nobody can bring the content back" in shown


def test_a_redacted_message_shows_its_tombstone_on_every_page(
    message: Message, lead: User, agent: User
) -> None:
    response = signed_in(lead).post(
        redact_address(message),
        seen(message) | {"reason": "Not for the customer", "is_final": "on"},
        follow=True,
    )
    event = Event.objects.get(kind="message.redacted")
    shown = text(response)
    assert "Redacted by Lea Dunn (Lead) on" in shown
    assert "Not for the customer It was 18 characters." in shown
    client = signed_in(agent)
    for place in (
        address(message.support_request),
        reverse("audit:event-show", args=[event.pk]),
        reverse("audit:version-compare", args=["requests_app.message", message.pk]),
    ):
        page = client.get(place)
        assert page.status_code == 200, place
        assert "We pay 20" not in page.content.decode()
        assert "redacted" in text(page).lower()


def seen(part: Message | Attachment) -> dict[str, str]:
    """What the page of a redaction carries: how the request stands."""
    return {"seen": str(standing_of(part.support_request))}


def test_what_was_written_meanwhile_is_told_before_anything_is_redacted(
    message: Message, lead: User, agent: User
) -> None:
    before = seen(message)
    services.note(
        support_request=message.support_request, body="Keep it: a court asks for it",
        by=factories.actor(agent),
    )  # fmt: skip
    given = {"reason": "Too old", "is_final": "on"}
    stale = signed_in(lead).post(redact_address(message), before | given)
    assert stale.status_code == 409
    assert "wrote an internal note since you opened this page" in text(stale)
    message.refresh_from_db()
    assert message.body
    again = given | {"seen": value_of(stale, "id_seen")}
    assert signed_in(lead).post(redact_address(message), again).status_code == 302


def test_a_redacted_file_cannot_be_downloaded_and_says_why(
    attachment: Attachment, lead: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        given = seen(attachment) | {"reason": "Malware", "is_final": "on"}
        signed_in(lead).post(redact_address(attachment), given)
    response = signed_in(lead).get(file_address(attachment))
    assert response.status_code == 410
    assert "Redacted by Lea Dunn (Lead)" in text(response)
    assert attachment.sha256 in text(response)
    shown = text(signed_in(lead).get(address(attachment.support_request)))
    assert "tude" not in shown
    assert "Redacted file" in shown


def test_the_description_and_its_original_go_together(
    support_request: SupportRequest, lead: User
) -> None:
    place = f"{address(support_request)}redact/"
    assert SECRET in text(signed_in(lead).get(place))
    given = {"seen": str(standing_of(support_request)), "reason": "A card", "is_final": "on"}
    response = signed_in(lead).post(place, given, follow=True)
    assert SECRET not in text(response)
    assert "Redacted by Lea Dunn (Lead)" in text(response)
    assert f"Original {len(SECRET)} bytes" in text(response)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"is_final": "on"}, "Say why it has to go."),
        ({"reason": "A card"}, "Tick this: nobody can bring it back."),
    ],
)
def test_a_redaction_without_reason_or_knowledge_is_shown_again(
    data: dict[str, str], told: str, message: Message, lead: User
) -> None:
    response = signed_in(lead).post(redact_address(message), seen(message) | data)
    assert response.status_code == 422
    assert told in text(response)
    assert Message.objects.get().body


def test_an_agent_is_offered_no_redaction_and_refused_one(message: Message, agent: User) -> None:
    client = signed_in(agent)
    assert "/redact/" not in client.get(address(message.support_request)).content.decode()
    page = client.get(redact_address(message))
    assert "needs the role lead or privacy officer there" in text(page)
    response = client.post(
        redact_address(message), seen(message) | {"reason": "Mine", "is_final": "on"}
    )
    assert response.status_code == 409
    assert Event.objects.get(kind="message.redacted").outcome == "denied"
    assert Message.objects.get().body


def test_looking_at_the_page_of_a_redaction_redacts_nothing(message: Message, lead: User) -> None:
    signed_in(lead).get(redact_address(message) + "?reason=x&is_final=on")
    assert Message.objects.get().body


def test_a_form_that_is_too_large_as_a_whole_is_turned_away_unread_with_a_sentence(
    support_request: SupportRequest, agent: User, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 1_500
    files = [sent_file("a.txt", b"x" * 800), sent_file("b.txt", b"x" * 800)]
    refused = act(signed_in(agent), support_request, "attach", {"files": files})
    assert refused.status_code == 413
    assert "One form may have 1.5 KB with all its files" in text(refused)
    assert "Nothing was read or saved." in text(refused)
    assert not Attachment.objects.exists()
    assert (
        act(
            signed_in(agent), support_request, "attach", {"files": [sent_file("a.txt", b"x" * 800)]}
        ).status_code
        == 302
    )


def test_a_file_that_an_agent_adds_stands_under_their_act_and_not_with_the_customers_words(
    support_request: SupportRequest, agent: User
) -> None:
    services.attach(
        support_request=support_request, name="terms.pdf", content=b"%PDF-1.7",
        by=factories.actor(agent),
    )  # fmt: skip
    event = Event.objects.get(kind="request.file_attached")
    for shown in ("conversation", "everything"):
        response = signed_in(agent).get(f"{address(support_request)}?show={shown}")
        html = response.content.decode().partition('id="stream"')[2]
        first = html.partition('id="request"')[2].partition("</article>")[0]
        entry = html.partition(f'id="e{event.pk}"')[2].partition("</li>\n")[0]
        assert SECRET in first
        assert "terms.pdf" not in first
        assert "Ana Reyes" in entry
        assert f'id="file-{support_request.attachments.get().pk}"' in entry
        assert "terms.pdf" in entry
