"""Files of a request: what is accepted, what is kept, and what nobody can slip in."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection

from audit.models import Event
from audit.recording import recording
from requests_app import attachments, services, storage
from requests_app.attachments import Upload
from requests_app.models import Attachment, Entity, SupportRequest, User
from requests_app.services import RequestRefused
from tests import factories

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def support_request(entity: Entity) -> SupportRequest:
    return factories.support_request(entity=entity)


def attach(
    support_request: SupportRequest, by: User | None = None, content: Any = PDF,
    name: str = "invoice.pdf", **more: Any,
) -> Attachment:  # fmt: skip
    actor = factories.TESTER if by is None else factories.actor(by)
    return services.attach(
        support_request=support_request, name=name, content=content, by=actor, **more
    )


def files_on_disk() -> list[Path]:
    return [path for path in storage.root().rglob("*") if path.is_file()]


def refusal_of(support_request: SupportRequest, **given: Any) -> str:
    with pytest.raises(RequestRefused) as refused:
        attach(support_request, **given)
    return str(refused.value)


def test_a_file_is_kept_with_its_hash_size_and_the_type_of_its_content(
    support_request: SupportRequest, agent: User
) -> None:
    made = attach(support_request, agent, name="photo.png", claimed_type="image/png")
    made.refresh_from_db()
    assert (made.name, made.claimed_type, made.content_type) == (
        "photo.png", "image/png", "application/pdf",
    )  # fmt: skip
    assert (made.size, made.author, made.author_label) == (len(PDF), agent, "Ana Reyes")
    assert storage.path_of(made.storage_key).read_bytes() == PDF
    assert made.storage_key.startswith(f"{made.sha256}-")


def test_attaching_is_one_event_of_the_request_without_the_name_of_the_file(
    support_request: SupportRequest, agent: User
) -> None:
    made = attach(support_request, agent)
    event = Event.objects.get(kind="request.file_attached")
    assert (event.support_request_id, event.actor_label) == (support_request.pk, "Ana Reyes")
    assert event.detail == {"files": [{"sha256": made.sha256, "bytes": len(PDF)}]}
    assert made.history.get().event_id == event.pk
    assert "invoice" not in str(made)


def test_a_file_may_come_as_an_open_file(support_request: SupportRequest) -> None:
    content = BytesIO(b"line\n" * 50_000)
    assert attach(support_request, content=content).size == 250_000


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"plain words, \xc3\xa9", "text/plain"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
        (b"\0\1\2\3 what is this \xff", "application/octet-stream"),
    ],
)
def test_the_type_is_read_from_the_content(
    content: bytes, expected: str, support_request: SupportRequest
) -> None:
    assert attach(support_request, content=content, name="invoice.pdf").content_type == expected


def test_the_same_content_twice_is_two_files(entity: Entity) -> None:
    made = [attach(factories.support_request(entity=entity)) for _ in range(2)]
    assert made[0].sha256 == made[1].sha256
    assert made[0].storage_key != made[1].storage_key


def test_a_file_is_readable_by_its_owner_alone(support_request: SupportRequest) -> None:
    path = storage.path_of(attach(support_request).storage_key)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_key_leads_nowhere_else() -> None:
    with pytest.raises(ValueError, match="no storage key"):
        storage.path_of("../../etc/passwd")


def test_a_file_that_was_kept_is_never_overwritten(
    support_request: SupportRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = attach(support_request)
    monkeypatch.setattr(storage.secrets, "token_hex", lambda _: made.storage_key[65:])
    taken = storage.take(PDF, 1_000)
    with pytest.raises(FileExistsError):
        storage.keep(taken)
    taken.discard()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"content": b""}, "The file is empty."),
        ({"name": "  "}, "The file has no name."),
        ({"name": "x" * 256}, "The file has a name of 256 characters."),
        ({"name": "../secret"}, "has a character in its name"),
        ({"name": "a\u202egpj.exe"}, "has a character in its name"),
        ({"content": b"x" * 1_001}, "is larger than"),
    ],
)
def test_a_file_that_is_not_accepted_leaves_a_refusal_and_no_bytes(
    given: dict[str, Any], told: str, support_request: SupportRequest, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENTS_ROOT = 1_000, tmp_path
    assert told in refusal_of(support_request, **given)
    event = Event.objects.get(kind="request.file_attached")
    assert (event.outcome, told in event.detail["refusal"]) == ("denied", True)
    assert not Attachment.objects.exists()
    assert files_on_disk() == []


def test_a_request_has_room_for_so_many_files_and_bytes(
    support_request: SupportRequest, settings: Any
) -> None:
    attach(support_request)
    settings.ATTACHMENT_MAX_FILES = 1
    assert "no more than 1 files; this one has 1" in refusal_of(support_request, name="b.pdf")
    settings.ATTACHMENT_MAX_FILES, settings.ATTACHMENT_MAX_TOTAL_BYTES = 5, len(PDF) * 2 - 1
    assert "there is no room for this" in refusal_of(support_request, name="b.pdf")


def test_a_form_that_is_sent_twice_attaches_once(support_request: SupportRequest) -> None:
    attach(support_request)
    assert "is attached to this request already" in refusal_of(support_request)
    assert support_request.attachments.count() == 1


def test_of_several_files_all_are_accepted_or_none(
    support_request: SupportRequest, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path
    files = [Upload("a.pdf", PDF), Upload("b.pdf", b"")]
    with pytest.raises(RequestRefused, match="File 2 of 2 is empty"):
        services.attach_all(support_request=support_request, files=files, by=factories.TESTER)
    assert not Attachment.objects.exists()
    assert files_on_disk() == []


def test_who_does_not_work_there_attaches_nothing(support_request: SupportRequest) -> None:
    stranger = factories.person("agent", factories.entity(code="DE"))
    assert "needs the role agent or lead there" in refusal_of(support_request, by=stranger)


def test_a_file_may_come_to_a_closed_request(support_request: SupportRequest, agent: User) -> None:
    services.cancel(support_request=support_request, by=factories.actor(agent), reason="Spam")
    assert attach(support_request, agent).pk


def test_a_failed_recording_leaves_neither_row_nor_bytes(
    support_request: SupportRequest, settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENTS_ROOT = tmp_path
    with (
        pytest.raises(RuntimeError),
        attachments.received([Upload("a.pdf", PDF)]) as drafts,
        recording("request.file_attached", by=factories.TESTER, subject=support_request),
    ):
        services.attaching.add(drafts, support_request, factories.TESTER, None, {})
        assert len(files_on_disk()) == 1
        raise RuntimeError
    assert not Attachment.objects.exists()
    assert files_on_disk() == []


def test_a_reply_may_carry_files_under_its_own_event(
    support_request: SupportRequest, agent: User
) -> None:
    message = services.reply(
        support_request=support_request, body="See the invoice.", by=factories.actor(agent),
        files=[Upload("a.pdf", PDF), Upload("b.txt", b"words")],
    )  # fmt: skip
    assert [each.name for each in message.attachments.all()] == ["a.pdf", "b.txt"]
    event = Event.objects.get(kind="request.replied")
    assert {each.history.get().event_id for each in message.attachments.all()} == {event.pk}
    assert not Event.objects.filter(kind="request.file_attached").exists()


def test_a_message_of_another_request_takes_no_file(
    support_request: SupportRequest, agent: User, entity: Entity
) -> None:
    other = services.note(
        support_request=factories.support_request(entity=entity), body="Here",
        by=factories.actor(agent),
    )  # fmt: skip
    assert "belongs to another request" in refusal_of(support_request, by=agent, message=other)
    made = attach(support_request)
    with (
        pytest.raises(IntegrityError, match="attachment_message_is_of_its_request"),
        recording("record.changed", by=factories.TESTER, subject=support_request),
    ):
        Attachment(
            support_request=support_request, message=other, author_label="x", name="x",
            content_type="x", size=1, sha256=made.sha256, storage_key="other",
            verdict="not_scanned",
        ).save()  # fmt: skip


def test_the_application_cannot_change_a_file_row(support_request: SupportRequest) -> None:
    made = attach(support_request)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        recording("record.changed", by=factories.TESTER, subject=support_request),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE requests_app_attachment SET sha256 = %s WHERE id = %s", ["0" * 64, made.pk]
        )


def found_eicar(path: Path) -> str:
    return "Eicar-Test" if b"EICAR" in path.read_bytes() else ""


def broken(path: Path) -> str:
    raise OSError


def test_without_a_scanner_a_file_says_that_it_was_not_scanned(
    support_request: SupportRequest,
) -> None:
    assert attach(support_request).get_verdict_display() == "Not scanned"


@pytest.mark.parametrize(
    "scanner", [f"{__name__}:found_eicar", "sh -c 'grep -q EICAR \"$0\" && exit 1 || exit 0'"]
)
def test_a_scanner_lets_in_what_it_finds_clean_and_nothing_else(
    scanner: str, support_request: SupportRequest, settings: Any
) -> None:
    settings.ATTACHMENT_SCANNER = scanner
    made = attach(support_request)
    assert (made.verdict, bool(made.scanner)) == ("clean", True)
    told = refusal_of(support_request, name="bad.pdf", content=b"EICAR")
    assert "the virus scanner found" in told
    assert support_request.attachments.count() == 1


@pytest.mark.parametrize(
    "scanner", [f"{__name__}:broken", f"{__name__}:absent", "sh -c 'exit 2'", "/no/such/program"]
)
def test_a_scanner_that_does_not_answer_lets_nothing_in(
    scanner: str, support_request: SupportRequest, settings: Any
) -> None:
    settings.ATTACHMENT_SCANNER = scanner
    assert "could not be checked for viruses" in refusal_of(support_request)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("C:\\mails\\in voice.pdf", "in voice.pdf"),
        ("a\u202egpj.exe\n", "agpj.exe"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_a_name_of_a_mail_is_made_acceptable(given: str, safe: str) -> None:
    assert attachments.safe_name(given) == safe
    assert attachments.why_not_name(safe) == ""
