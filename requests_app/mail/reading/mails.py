"""One mail, read: never raises, whatever the bytes are, and takes no longer than they are long."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from requests_app.mail.reading import automatic, bodies, fields, limits, reports, words
from requests_app.mail.reading.bodies import Attachment
from requests_app.mail.reading.reports import Report

MULTIPART = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
TOO_DEEP = "It nests too many parts to be read; only its header was."
# What makes a mail the same on its second way here; what servers add does not.
IDENTITY = ("message-id", "from", "date", "subject")


@dataclass(frozen=True)
class Mail:
    """``references`` are the Message-IDs it answers, the nearest first; ``automatic`` says by what
    it is taken for a machine's; ``faults`` are sentences about what could not be read."""

    subject: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    date: datetime | None
    message_id: str
    references: tuple[str, ...]
    loops: tuple[str, ...]
    text: str
    attachments: tuple[Attachment, ...]
    automatic: str
    report: Report | None
    faults: tuple[str, ...]
    fingerprint: str


def read(raw: bytes) -> Mail:
    root, faults = parsed(raw)
    found = fields.of(root)
    parts, has_more = bodies.leaves(root)
    body = bodies.of(parts) if not faults else bodies.Body("", [], [])
    if has_more:
        faults.append(f"It has more than {limits.PARTS} parts; the rest stands in the original.")
    report = reports.of(parts) if root.get_content_type() == "multipart/report" else None
    senders = fields.addresses(found, "from") or fields.addresses(found, "sender")
    name, sender = senders[0] if senders else ("", "")
    recipients = fields.addresses(found, "delivered-to", "x-original-to", "to", "cc")
    return Mail(
        subject=fields.first(found, "subject")[: limits.SUBJECT],
        sender=sender, sender_name=name,
        recipients=tuple(dict.fromkeys(address for _, address in recipients)),
        date=fields.moment(found),
        message_id=fields.own_id(found),
        references=fields.ids(found, "in-reply-to") + fields.ids(found, "references")[::-1],
        loops=tuple(words.header(value) for value in found.get("x-loop", [])[: limits.ADDRESSES]),
        text=body.text, attachments=tuple(body.attachments),
        automatic=automatic.why(
            found, sender, is_report=root.get_content_type() == "multipart/report"
        ),
        report=report, faults=(*faults, *body.faults),
        fingerprint=fingerprint(raw, found),
    )  # fmt: skip


def parsed(raw: bytes) -> tuple[Message, list[str]]:
    """The library's tree; its header alone where the rest would cost too much or breaks it."""
    multiparts = len(MULTIPART.findall(raw))
    cost = multiparts * (raw.count(b"\n") + raw.count(b"\r"))
    if multiparts <= limits.MULTIPARTS and cost <= limits.LINES_TIMES_MULTIPARTS:
        with suppress(Exception):  # what a stranger sends must not stop the desk
            return message_from_bytes(raw), []
    return header_alone(raw), [TOO_DEEP]


def header_alone(raw: bytes) -> Message:
    end = END_OF_HEADER.search(raw)
    header = raw[: end.start()] if end else raw[: limits.HEADERS * limits.HEADER]
    made = Message()
    for line in re.split(rb"\r?\n(?![ \t])", header)[: limits.HEADERS]:
        name, colon, value = line.partition(b":")
        if colon and name.strip():
            made._headers.append(  # type: ignore[attr-defined]  # add_header refuses what is 8-bit
                (name.decode("ascii", "replace"), value.decode("ascii", "surrogateescape").strip())
            )
    return made


def fingerprint(raw: bytes, found: fields.Fields) -> str:
    """The same for a mail that came twice on different ways. One without a Message-ID is the same
    only byte for byte."""
    if not fields.own_id(found):
        return hashlib.sha256(raw).hexdigest()
    digest = hashlib.sha256()
    for name in IDENTITY:
        value = " ".join("\n".join(found.get(name, [])).split())
        content = value.encode("utf-8", "surrogateescape")
        digest.update(len(content).to_bytes(8) + content)
    end = END_OF_HEADER.search(raw)
    body = raw[end.end() :] if end else b""
    digest.update(body.replace(b"\r\n", b"\n").rstrip())
    return digest.hexdigest()
