"""Bytes and header fields to text that any database and page can hold."""

from __future__ import annotations

import binascii
import codecs
import re

from requests_app.mail.reading import limits

ENCODED = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]*)\?=")
BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
# All but line ends and tabs.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# These cost more than their length, or are no encodings of text.
NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}


def decoded(content: bytes, charset: str = "") -> str:
    """By the charset that was named, or by UTF-8, where one of them fits; else as far as the named
    one goes, or by the one that 8-bit mails without a name mostly are in."""
    named = charset if charset and is_charset(charset) else ""
    for name in filter(None, (named, "utf-8")):
        try:
            return content.decode(name)
        except (UnicodeError, ValueError):
            continue
    is_other = named and codecs.lookup(named).name not in ("ascii", "utf-8")
    guessed = content.decode(named if is_other else "utf-8", "replace")
    return guessed if is_other or is_mostly_sound(guessed) else content.decode("cp1252", "replace")


def is_mostly_sound(text: str) -> bool:
    """Whether more than half of what is not ASCII could be read."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond > 2 * text.count("\N{REPLACEMENT CHARACTER}")


def is_charset(name: str) -> bool:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    # Others turn bytes into bytes, and some of them a few into very many.
    is_text = getattr(found, "_is_text_encoding", True)
    return is_text and found.name.replace("-", "_") not in NO_CHARSETS


def header(raw: str, limit: int = limits.HEADER) -> str:
    """One line of text: encoded words decoded, what is 8-bit guessed, breaks and controls out."""
    text = decoded(raw[:limit].encode("utf-8", "surrogateescape"))
    text = with_words_decoded(BETWEEN.sub(r"\1", text))
    return " ".join(plain(text).split())


def with_words_decoded(text: str) -> str:
    """Neighbours of one charset are joined as bytes first: a character may be cut between them."""
    made: list[str] = []
    position, waiting, charset = 0, b"", ""
    for found in ENCODED.finditer(text):
        between = text[position : found.start()]
        if waiting and (between or found[1].lower() != charset):
            made.append(decoded(waiting, charset))
            waiting = b""
        made.append(between)
        waiting, charset = waiting + word(found[2], found[3]), found[1].lower()
        position = found.end()
    if waiting:
        made.append(decoded(waiting, charset))
    return "".join(made) + text[position:]


def word(kind: str, encoded: str) -> bytes:
    content = encoded.encode("utf-8", "replace")
    try:
        if kind in "qQ":
            return binascii.a2b_qp(content, header=True)
        return binascii.a2b_base64(content + b"=" * (-len(content) % 4))
    except (binascii.Error, ValueError):
        return content


def plain(text: str) -> str:
    """Without what no database holds and no page shows; lines end in one way."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return CONTROLS.sub("", text)
