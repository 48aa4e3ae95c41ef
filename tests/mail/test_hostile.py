"""Broken and hostile mails: each is read without a fault, in time, to text that a row can hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app.mail.reading import limits, read
from requests_app.mail.reading.html import to_text
from tests.mail.letters import letter

NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1_000)
)
HEAD = b"From: a@b.example\r\nSubject: Help\r\n"
HOSTILE = {
    "nothing": b"",
    "only line ends": b"\r\n" * 50_000,
    "NUL": HEAD + b"\r\nA\x00B",
    "nested multiparts": HEAD + NESTED + b"deep",
    "nested mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000,
    "many header fields": HEAD + b"X-A: b\r\n" * 10_000 + b"\r\nbody",
    "a long header": b"From: a@b.example\r\nSubject: " + b"x" * 3_000_000 + b"\r\n\r\nbody",
    "comments in an address": b"From: " + b"(" * 100_000 + b"\r\n\r\nbody",
    "quotes in an address": b'From: "' + b'\\"' * 100_000 + b"\r\n\r\nbody",
    "many addresses": b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\nbody",
    "many references": HEAD + b"References: " + b"<a@b> " * 200_000 + b"\r\n\r\nbody",
    "many encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\nbody",
    "no charset": HEAD + b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n\xff\xfe",
    "a charset that is none": HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\nx",
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-b" * 90_000,
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n=AA=A\xff===",
    "an unknown encoding": HEAD + b"Content-Transfer-Encoding: nonsense\r\n\r\nx",
    "uuencode": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 600\n\xff\xffM\n",
    "no boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\n--\r\n",
    "boundary without end": HEAD + b'Content-Type: multipart/mixed; boundary="' + b"x" * 90_000,
    "many parts": HEAD + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    + b"--x\r\n\r\na\r\n" * 20_000,
    "header without colon": b"From\r\n\r\nbody",
    "a date of nowhere": HEAD + b"Date: Mon, 99 Foo 99999 99:99:99 +9999999999\r\n\r\nx",
    "surrogates": HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    "a name of parts": HEAD + b"Content-Disposition: attachment;"
    + b"".join(b" filename*%d*=x;" % n for n in range(5_000)) + b"\r\n\r\nx",
    "open tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 300_000,
    "open comments": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 300_000,
    "open quotes": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a b='" * 30_000 + b">",
    "nested tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 300_000,
    "open scripts": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<script>" * 100_000,
    "entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#" * 300_000,
    "ends of tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"</" * 300_000 + b">",
}  # fmt: skip


def assert_fits_a_row(raw: bytes) -> None:
    mail = read(raw)
    texts = [mail.subject, mail.sender, mail.sender_name, mail.text, mail.message_id,
             *mail.faults, *(each.name for each in mail.attachments)]  # fmt: skip
    for text in texts:
        text.encode()
        assert "\x00" not in text
    assert len(mail.subject) <= limits.SUBJECT
    assert len(mail.sender_name) <= limits.NAME
    assert len(mail.sender) <= 320
    assert len(mail.message_id) <= limits.ID
    assert len(mail.text) <= limits.TEXT
    assert len(mail.fingerprint) == 64
    assert "\n" not in mail.subject + mail.sender_name + mail.sender


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_time(name: str) -> None:
    began = time.process_time()
    assert_fits_a_row(HOSTILE[name])
    assert time.process_time() - began < 3


def test_too_many_nested_parts_leave_who_wrote_and_what_about() -> None:
    mail = read(HOSTILE["nested multiparts"])
    assert (mail.sender, mail.subject) == ("a@b.example", "Help")
    assert "nests too many parts" in mail.faults[0]


def test_more_parts_than_are_read_are_counted_out_loud() -> None:
    assert "more than 200 parts" in read(HOSTILE["many parts"]).faults[0]


def test_text_of_a_wrong_charset_keeps_what_can_be_read() -> None:
    raw = letter().replace(b"My parcel", b"Gr\xfc\xdfe")
    assert "Grüße is wet." in read(raw).text


def test_markup_in_a_subject_stays_what_it_is() -> None:
    assert read(letter(subject="<script>x</script>")).subject == "<script>x</script>"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    assert_fits_a_row(raw)


LINES = st.sampled_from([
    b"From: a@b.example", b"From: \xff <\x00@x>", b"Subject: =?utf-8?b?gICA?=", b"To:", b"",
    b'Content-Type: multipart/report; boundary="x"', b"--x", b"--x--", b"Content-Type: text/html",
    b"Content-Type: message/rfc822", b"Content-Type: message/delivery-status", b"Action: failed",
    b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable", b"=ZZ=",
    b"Content-Type: text/plain; charset=utf-16", b"Message-ID: <a@b>", b"<a href='x'>", b" folded",
    b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=x", b"Date: x",
])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=30))
def test_any_order_of_lines_is_a_mail(lines: list[bytes]) -> None:
    assert_fits_a_row(b"\r\n".join(lines))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>a/!-='\"& ;#x?\n", max_size=300))
def test_any_markup_becomes_text(markup: str) -> None:
    to_text(markup)
