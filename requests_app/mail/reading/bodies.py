"""The parts of a mail: which one is its text, and what is attached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath

from requests_app.mail.reading import fields, html, limits, words

MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)
ATTACHED_MAILS = ("message/rfc822", "message/global")


@dataclass(frozen=True)
class Attachment:
    """``media_type`` is the sender's word."""

    name: str
    media_type: str
    content: bytes


@dataclass
class Body:
    text: str
    attachments: list[Attachment]
    faults: list[str]


def leaves(root: Message) -> tuple[list[Message], bool]:
    """The parts that hold something, in order, and whether there are more than are looked at. An
    attached mail is one part: what is in it belongs to it."""
    found: list[Message] = []
    waiting = [root]
    while waiting and len(found) < limits.PARTS:
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() == "multipart":
            waiting.extend(each for each in reversed(inner) if isinstance(each, Message))
        else:
            found.append(part)
    return found, bool(waiting)


def of(parts: list[Message]) -> Body:
    """Plain text if there is any, else markup as text; the rest is attached."""
    body = Body("", [], [])
    texts = [part for part in parts if is_shown(part)]
    chosen = next((part for part in texts if is_plain(part) and text_of(part, body).strip()), None)
    chosen = chosen or next((part for part in texts if not is_plain(part)), None)
    if chosen is not None:
        text = text_of(chosen, body)
        if not is_plain(chosen):
            text = html.to_text(text)
            body.faults.append("It had no plain text; its markup was turned into text.")
        if len(text) > limits.TEXT:
            body.faults.append("Its text is cut; the rest stands in the original.")
        body.text = words.plain(text[: limits.TEXT]).strip()
    body.attachments = [attached(part) for part in parts if part not in texts]
    return body


def is_shown(part: Message) -> bool:
    disposition = disposition_of(part)
    return part.get_content_type() in ("text/plain", "text/html") and disposition != "attachment"


def is_plain(part: Message) -> bool:
    return part.get_content_type() == "text/plain"


def disposition_of(part: Message) -> str:
    value = fields.first(fields.of(part), "content-disposition")
    return value.partition(";")[0].strip().lower()


def text_of(part: Message, body: Body) -> str:
    return words.decoded(content_of(part), charset_of(part))


def charset_of(part: Message) -> str:
    try:
        return str(part.get_content_charset() or "")
    except Exception:
        return ""


def content_of(part: Message) -> bytes:
    """The decoded bytes; as they stand where their encoding is broken beyond reading."""
    try:
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return content
        inner = part.get_payload(0) if part.is_multipart() else part.get_payload()
        if isinstance(inner, Message):
            return inner.as_bytes()
        return str(inner).encode("utf-8", "surrogateescape")
    except Exception:
        return b""


def attached(part: Message) -> Attachment:
    kind = part.get_content_type()
    media_type = kind if MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
    return Attachment(file_name(part, kind), media_type, content_of(part))


def file_name(part: Message, kind: str) -> str:
    """The last part of the name that the sender gave; never a path."""
    try:
        given = str(part.get_filename() or "")
    except Exception:
        given = ""
    name = PurePosixPath(words.header(given).replace("\\", "/")).name
    if name.strip(". "):
        return name[-limits.FILE_NAME :]
    return "mail.eml" if kind in ATTACHED_MAILS else "attachment"
