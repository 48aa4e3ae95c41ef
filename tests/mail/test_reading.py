"""What is read from a mail as it should be: text, names, attachments, threads."""

from __future__ import annotations

import pytest

from requests_app.mail.reading import read
from requests_app.mail.reading.html import to_text
from tests.mail.letters import bounce, letter


def mime(*parts: str, kind: str = "mixed") -> bytes:
    inner = "".join(f"--x\r\n{part}\r\n" for part in parts)
    return (
        f'From: a@b.example\r\nContent-Type: multipart/{kind}; boundary="x"\r\n\r\n{inner}--x--\r\n'
    ).encode()


def test_a_plain_mail_says_who_wrote_what_and_when() -> None:
    mail = read(letter("Two\nlines", message_id="<1@harbor.example>"))
    assert (mail.sender, mail.sender_name) == ("marisol@harbor.example", "Marisol Vega")
    assert (mail.subject, mail.text) == ("Wet parcel", "Two\nlines")
    assert mail.message_id == "<1@harbor.example>"
    assert mail.date is not None
    assert mail.date.isoformat() == "2026-11-14T08:30:00+00:00"
    assert mail.recipients == ("support@us.example",)
    assert (mail.automatic, mail.faults, mail.report) == ("", (), None)


@pytest.mark.parametrize(("raw", "read_as"), [
    ("=?utf-8?q?F=C3=A4rbung_rot?=", "Färbung rot"),
    ("=?utf-8?B?RsOkcmJ1bmc=?=", "Färbung"),
    ("=?iso-8859-15?q?10_=A4?=", "10 €"),
    ("=?utf-8?b?RsM=?= =?utf-8?b?pHJidW5n?=", "Färbung"),
    ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
    ("=?nonsense?q?F=C3=A4?=", "Fä"),
    ("=?utf-8?b?!!!?= x", "x"),
    ("a\r\n folded\r\n\tline", "a folded line"),
])  # fmt: skip
def test_a_subject_is_decoded(raw: str, read_as: str) -> None:
    assert read(letter(subject=raw)).subject == read_as


@pytest.mark.parametrize("charset", ["latin-1", "utf-8"])
def test_an_eight_bit_subject_is_guessed(charset: str) -> None:
    assert read("Subject: Färbung\r\n\r\nx".encode(charset)).subject == "Färbung"


def test_plain_text_is_preferred_to_markup() -> None:
    mail = read(mime("Content-Type: text/html\r\n\r\n<b>Rich</b>",
                     "Content-Type: text/plain\r\n\r\nPlain", kind="alternative"))  # fmt: skip
    assert (mail.text, mail.attachments) == ("Plain", ())


def test_markup_alone_becomes_text_that_says_where_links_lead() -> None:
    page = '<p>Dear <b>Ana</b>,</p><p>see <a href="https://evil.example/x">bank.example</a></p>'
    mail = read(mime(f"Content-Type: text/html\r\n\r\n<script>alert(1)</script>{page}"))
    assert mail.text == "Dear Ana,\n\nsee bank.example (https://evil.example/x)"
    assert mail.faults == ("It had no plain text; its markup was turned into text.",)


def test_attachments_keep_their_bytes_and_lose_their_folders() -> None:
    mail = read(mime(
        "Content-Type: text/plain\r\n\r\nSee it",
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="..\\..\\photo.png"\r\n\r\niVBORw==',
        "Content-Type: text/plain\r\nContent-Disposition: attachment;"
        " filename*=utf-8''f%C3%A4rbung.txt\r\n\r\nred",
    ))  # fmt: skip
    assert mail.text == "See it"
    assert [(each.name, each.media_type, each.content) for each in mail.attachments] == [
        ("photo.png", "image/png", b"\x89PNG"), ("färbung.txt", "text/plain", b"red"),
    ]  # fmt: skip


def test_an_attached_mail_is_an_attachment_and_not_the_text() -> None:
    mail = read(mime("Content-Type: text/plain\r\n\r\nForwarded",
                     "Content-Type: message/rfc822\r\n\r\nSubject: In\r\n\r\nHidden"))  # fmt: skip
    assert mail.text == "Forwarded"
    assert mail.attachments[0].name == "mail.eml"
    assert b"Hidden" in mail.attachments[0].content


def test_the_nearest_mail_it_answers_comes_first() -> None:
    mail = read(letter(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>"))
    assert mail.references == ("<c@x>", "<c@x>", "<b@x>", "<a@x>")


@pytest.mark.parametrize(("fields", "because"), [
    ({"Auto_Submitted": "auto-replied"}, "its header Auto-Submitted says auto-replied"),
    ({"Precedence": "bulk"}, "its header Precedence says bulk"),
    ({"X_Auto_Response_Suppress": "All"}, "asks for no automatic answer"),
    ({"List_Id": "<news.example>"}, "it has the header List-Id"),
    ({"Return_Path": "<>"}, "its return path is empty"),
    ({"sender": "MAILER-DAEMON@x.example"}, "of its sender's name, MAILER-DAEMON"),
    ({"X_Autoreply": "yes"}, "it has the header X-Autoreply"),
])  # fmt: skip
def test_what_a_machine_wrote_is_known_by_its_marks(fields: dict[str, str], because: str) -> None:
    assert because in read(letter(**fields)).automatic


@pytest.mark.parametrize("fields", [
    {}, {"Auto_Submitted": "no"}, {"Precedence": "first-class"}, {"Return_Path": "<a@b.example>"},
    {"sender": "norepl@x.example"}, {"X_Auto_Response_Suppress": "None"},
])  # fmt: skip
def test_what_a_person_wrote_has_none_of_them(fields: dict[str, str]) -> None:
    assert read(letter(**fields)).automatic == ""


def test_a_report_names_the_mail_that_did_not_arrive() -> None:
    report = read(bounce("<sent@us.example>")).report
    assert report is not None
    assert (report.has_failed, report.about) == (True, "<sent@us.example>")
    assert report.told == "marisol@harbor.example: 5.1.1 550 5.1.1 No such user here"


def test_a_report_of_a_delay_is_no_failure() -> None:
    report = read(bounce("<sent@us.example>", action="delayed")).report
    assert report is not None
    assert not report.has_failed


def test_the_same_mail_is_the_same_whatever_servers_put_on_top() -> None:
    once = letter(message_id="<1@x.example>")
    again = b"Received: by mx2.example\r\nDelivered-To: s@us.example\r\n" + once
    assert read(once).fingerprint == read(again).fingerprint
    assert read(once).fingerprint != read(letter("Other", message_id="<1@x.example>")).fingerprint


def test_without_a_message_id_only_the_same_bytes_are_the_same() -> None:
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\nbody"
    assert read(raw).fingerprint == read(raw).fingerprint
    assert read(raw).fingerprint != read(b"Received: x\r\n" + raw).fingerprint


@pytest.mark.parametrize(("markup", "text"), [
    ("a<br>b", "a\nb"),
    ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo"),
    ("<td>1</td><td>2</td>", "1 2"),
    ("<style>p{}</style>x<!-- hidden -->y", "x y"),
    ("&lt;b&gt; &amp; &#x41;", "<b> & A"),
    ('<a href="javascript:alert(1)">go</a>', "go"),
    ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
    ('<img src="https://t.example/p.gif" alt="Our logo">', "[picture: Our logo]"),
    ("1 < 2 and 3", "1 < 2 and 3"),
])  # fmt: skip
def test_markup_is_turned_into_text(markup: str, text: str) -> None:
    assert to_text(markup) == text
