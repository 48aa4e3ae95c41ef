"""Pure: a reply as the bytes of a mail (RFC 5322), the same that are kept and that are sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

# 7-bit throughout: no server on the way has a reason to write it anew.
SENT = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
ANSWERING = re.compile(r"^(?:(?:re|aw|antw|sv|vs)\s*:\s*)+", re.IGNORECASE)
LONGEST_SUBJECT = 200
BOTH = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True)
class File:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """``references`` are the Message-IDs of the thread, the oldest first."""

    message_id: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    date: datetime
    references: Sequence[str] = ()
    files: Sequence[File] = ()


def written(letter: Letter) -> bytes:
    mail = EmailMessage(policy=SENT)
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = letter.message_id
    mail["From"] = Address(line(letter.sender_name), addr_spec=ascii_address(letter.sender))
    mail["To"] = Address(addr_spec=ascii_address(letter.recipient))
    mail["Subject"] = line(letter.subject)
    if letter.references:
        mail["In-Reply-To"] = letter.references[-1]
        mail["References"] = " ".join(letter.references)
    mail["X-Loop"] = ascii_address(letter.sender)
    mail.set_content(sendable(letter.text))
    for file in letter.files:
        kind, _, subkind = file.media_type.partition("/")
        mail.add_attachment(
            file.content, maintype=kind or "application", subtype=subkind or "octet-stream",
            filename=line(file.name),
        )  # fmt: skip
    return mail.as_bytes()


def subject_of(subject: str, number: str) -> str:
    """As an answer, with the number by which the next one is recognised."""
    bare = ANSWERING.sub("", line(subject).replace(f"[{number}]", "")).strip()
    return f"Re: {bare[:LONGEST_SUBJECT]} [{number}]".replace("Re:  [", "Re: [")


def line(text: str) -> str:
    """One line: what would end a header field, and begin another one, is a space."""
    return BOTH.sub(" ", sendable(text)).strip()


def sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def why_not_address(address: str) -> str:
    """Why nothing can be mailed to an address; empty if it can."""
    try:
        ascii_address(address)
    except ValueError:
        return f"Nothing can be mailed to “{address}”. Correct the customer's address."
    return ""


def ascii_address(address: str) -> str:
    """With its domain as name servers know it. Raises ValueError for what is no address."""
    local, _, domain = address.rpartition("@")
    if not LOCAL_PART.fullmatch(local) or not domain or BOTH.search(domain):
        raise ValueError(f"{address!r} is no address that mail can be sent to")
    known = domain.encode("idna").decode("ascii")
    Address(addr_spec=f"{local}@{known}")
    return f"{local}@{known}"
