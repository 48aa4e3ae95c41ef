"""A reply as bytes: its header, its thread, and nothing that a header could be smuggled in by."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.mail import writing
from requests_app.mail.reading import read


def letter(**facts: Any) -> writing.Letter:
    given: dict[str, Any] = {
        "message_id": "<R-1.abc@us.example>", "sender": "support@us.example",
        "sender_name": "Larkspur", "recipient": "marisol@harbor.example", "subject": "Re: Wet",
        "text": "Grüße\n", "date": datetime(2026, 11, 14, tzinfo=UTC),
    } | facts  # fmt: skip
    return writing.Letter(**given)


def test_a_reply_says_from_whom_to_whom_and_to_what() -> None:
    raw = writing.written(letter(references=["<a@x>", "<b@x>"]))
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["From"] == "Larkspur <support@us.example>"
    assert mail["To"] == "marisol@harbor.example"
    assert (mail["In-Reply-To"], mail["References"]) == ("<b@x>", "<a@x> <b@x>")
    assert mail["Message-ID"] == "<R-1.abc@us.example>"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content() == "Grüße\r\n"
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_files_go_along() -> None:
    file = writing.File("färbung.png", "image/png", b"\x89PNG")
    [attached] = read(writing.written(letter(files=[file]))).attachments
    assert (attached.name, attached.media_type, attached.content) == (
        "färbung.png", "image/png", b"\x89PNG",
    )  # fmt: skip


@pytest.mark.parametrize(("subject", "as_sent"), [
    ("Wet parcel", "Re: Wet parcel [US-R-2026-000001]"),
    ("Re: AW: re: Wet", "Re: Wet [US-R-2026-000001]"),
    ("Re: Wet [US-R-2026-000001]", "Re: Wet [US-R-2026-000001]"),
    ("", "Re: [US-R-2026-000001]"),
])  # fmt: skip
def test_a_subject_carries_the_number_once(subject: str, as_sent: str) -> None:
    assert writing.subject_of(subject, "US-R-2026-000001") == as_sent


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_no_text_adds_a_header(subject: str, name: str, text: str) -> None:
    raw = writing.written(letter(
        subject=writing.subject_of(f"{subject}\r\nBcc: eve@evil.example", "US-R-2026-000001"),
        sender_name=f"{name}\nBcc: eve@evil.example", text=text,
    ))  # fmt: skip
    mail = message_from_bytes(raw)
    assert mail["Bcc"] is None
    assert set(mail.keys()) == {
        "Date", "Message-ID", "From", "To", "Subject", "X-Loop", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip


@pytest.mark.parametrize("address", [
    "", "nobody", "a@b\r\nBcc: c@d.example", "a b@c.example", "grüße@c.example", "a@", "@c.example",
    "a@c.example, d@e.example", "<a@c.example>",
])  # fmt: skip
def test_what_is_no_address_is_refused_in_words(address: str) -> None:
    assert "Correct the customer's address." in writing.why_not_address(address)


def test_a_domain_of_other_letters_is_written_as_name_servers_know_it() -> None:
    assert writing.why_not_address("a@bücher.example") == ""
    assert b"a@xn--bcher-kva.example" in writing.written(letter(recipient="a@bücher.example"))
