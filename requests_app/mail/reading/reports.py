"""Reports that a mail did not arrive (RFC 3464), and about which one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from requests_app.mail.reading import fields, words

FIELD = re.compile(
    r"^(action|status|final-recipient|diagnostic-code)\s*:(.*(?:\n[ \t].*)*)", re.I | re.M
)
ORIGINAL_ID = re.compile(r"^message-id\s*:\s*(<[^<>\s]{1,250}>)", re.I | re.M)
LONGEST = 20_000


@dataclass(frozen=True)
class Report:
    """``has_failed``: it will not be tried again. ``about`` is the Message-ID of the mail."""

    has_failed: bool
    about: str
    told: str


def of(parts: list[Message]) -> Report | None:
    status = [
        text_of(part) for part in parts if part.get_content_type() == "message/delivery-status"
    ]
    if not status:
        return None
    told = {name.lower(): " ".join(value.split()) for name, value in FIELD.findall(status[0])}
    words_of_server = told.get("diagnostic-code", "").partition(";")[2].strip()
    recipient = told.get("final-recipient", "").partition(";")[2].strip()
    sentence = " ".join(filter(None, [told.get("status", ""), words_of_server]))
    return Report(
        has_failed=told.get("action", "").lower() == "failed",
        about=original_id(parts),
        told=words.header(f"{recipient}: {sentence}" if recipient else sentence)[:1_000],
    )


def original_id(parts: list[Message]) -> str:
    for part in parts:
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            found = ORIGINAL_ID.search(text_of(part))
            if found:
                return found[1]
        elif kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            if isinstance(inner, Message):
                return fields.own_id(fields.of(inner))
    return ""


def text_of(part: Message) -> str:
    """The part as it is written: the library reads these as messages of header fields."""
    payload = part.get_payload()
    if isinstance(payload, list):
        lines = [f"{name}: {value}" for inner in payload if isinstance(inner, Message)
                 for name, value in inner.raw_items()]  # fmt: skip
        text = "\n".join(lines)
    else:
        text = str(payload)
    return text[:LONGEST].replace("\r\n", "\n")
