"""The header of a mail, read once into a table, and what its fields mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from requests_app.mail.reading import limits, words

IN_ANGLES = re.compile(r"<([^<>\s]{1,250})>")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]{1,64}@[^\s<>()\[\],;:\\\"@]{1,255}")

Fields = dict[str, list[str]]


def of(part: Message) -> Fields:
    """Raw values by lower-case name. The library's own look-ups would each go through all."""
    found: Fields = {}
    for name, value in list(part.raw_items())[: limits.HEADERS]:
        found.setdefault(str(name).lower().strip(), []).append(str(value))
    return found


def first(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return words.header(values[0]) if values else ""


def ids(fields: Fields, *names: str) -> tuple[str, ...]:
    """The Message-IDs that these fields name, each once, those named first coming first."""
    found: dict[str, None] = {}
    for name in names:
        for value in fields.get(name, [])[:5]:
            text = words.header(value, limits.REFERENCES)
            found |= dict.fromkeys(f"<{inner}>" for inner in IN_ANGLES.findall(text))
    return tuple(found)[: limits.IDS]


def own_id(fields: Fields) -> str:
    named = ids(fields, "message-id")
    return named[0] if named else first(fields, "message-id")[: limits.ID]


def addresses(fields: Fields, *names: str) -> tuple[tuple[str, str], ...]:
    """(name, address) of each mailbox that these fields name."""
    raw = [value[: limits.HEADER] for name in names for value in fields.get(name, [])[:10]]
    return tuple(parsed(raw))[: limits.ADDRESSES]


def parsed(values: Iterable[str]) -> list[tuple[str, str]]:
    """By the library, which knows the old forms; where it gives up, whatever looks like one."""
    found: list[tuple[str, str]] = []
    for value in values:
        text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        text = " ".join(text.split())
        try:
            pairs = getaddresses([text])
        except Exception:
            pairs = []
        usable = [(name, address) for name, address in pairs if ADDRESS.fullmatch(address)]
        usable = usable or [("", address) for address in ADDRESS.findall(words.header(text))]
        found += [
            (words.header(name)[: limits.NAME], words.plain(address)) for name, address in usable
        ]
    return found


def moment(fields: Fields) -> datetime | None:
    """The sender's word for when; None where it is none."""
    try:
        found = parsedate_to_datetime(first(fields, "date"))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except Exception:
        return None
