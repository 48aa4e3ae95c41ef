"""Receives files and says which are not accepted: by size, number, name, and what a scanner finds.

What is received waits in a temporary file until its rows are written; a file that came to nothing
is removed at once, or by the sweep if the process was killed.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import puremagic
from django.conf import settings
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat

from audit.diffs import visible
from requests_app import scanning, storage
from requests_app.models import Attachment, SupportRequest
from requests_app.models.attachment import LONGEST_NAME
from requests_app.storage import Taken

UNKNOWN, TEXT = "application/octet-stream", "text/plain"
LONGEST_TYPE = 100
UNNAMED = "unnamed"


@dataclass(frozen=True)
class Upload:
    """A file as somebody sends it; ``content`` is its bytes, or a file to read them from."""

    name: str
    content: bytes | IO[bytes] | Any
    claimed_type: str = ""


@dataclass
class Draft:
    """A file that was received; ``refusal`` says why it is not accepted, if it is not."""

    upload: Upload
    taken: Taken
    title: str
    content_type: str = ""
    scanner: str = ""
    refusal: str = ""
    key: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """For an event: what it is, without its name."""
        return {"sha256": self.taken.sha256, "bytes": self.taken.size}

    def keep(self) -> str:
        self.key = storage.keep(self.taken)
        return self.key

    def undo(self) -> None:
        self.taken.discard()
        if self.key:
            storage.destroy(self.key)


@contextmanager
def received(files: Sequence[Upload | Draft]) -> Iterator[list[Draft]]:
    """Takes the bytes of files, looks at them and has them scanned: before any row is locked. What
    the block keeps stays, unless it raises. What was received already, by a block around this one,
    is passed on and stays that one's."""
    drafts: list[Draft] = []
    own: list[Draft] = []
    try:
        for place, file in enumerate(files, start=1):
            title = "The file" if len(files) == 1 else f"File {place} of {len(files)}"
            if isinstance(file, Upload):
                own.append(draft(file, title))
            drafts.append(own[-1] if isinstance(file, Upload) else file)
        yield drafts
    except BaseException:
        for each in own:
            each.undo()
        raise
    for each in own:
        each.taken.discard()


def draft(upload: Upload, title: str) -> Draft:
    """``title`` stands for it in refusals: a name may say whose file it is, and a refusal goes on
    record."""
    taken = storage.take(upload.content, settings.ATTACHMENT_MAX_BYTES)
    made = Draft(upload, taken, title)
    refusal = why_not_name(upload.name) or why_not_size(taken)
    if not refusal:
        made.content_type = type_of(taken.path)
        refusal = scanned(made)
    made.refusal = f"{title} {refusal}" if refusal else ""
    return made


def scanned(made: Draft) -> str:
    """Why a file is not accepted after scanning; empty if it is, or if no scanner is set."""
    try:
        verdict = scanning.scan(made.taken.path)
    except scanning.ScannerFailed:
        return (
            "could not be checked for viruses: the scanner does not answer. Try again later, or "
            "tell an administrator."
        )
    made.scanner = verdict.scanner
    found = visible(verdict.malware)
    return f"was not accepted: the virus scanner found {found} in it." if found else ""


def why_not_name(name: str) -> str:
    """Why a file cannot have this name, after its title; empty if it can."""
    if not name.strip() or name in (".", ".."):
        return "has no name. Give it one and send it again."
    if len(name) > LONGEST_NAME:
        return f"has a name of {len(name)} characters. Shorten it to {LONGEST_NAME}."
    if name != visible(name) or {"/", "\\", "\n", "\t", "\r"} & set(name):
        return "has a character in its name that names of files cannot have. Rename it."
    return ""


def why_not_size(taken: Taken) -> str:
    if taken.is_cut:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        return f"is larger than {most}. Send a smaller one."
    return "" if taken.size else "is empty. Choose it again."


def why_not(support_request: SupportRequest, drafts: Sequence[Draft]) -> str:
    """Why these files are not accepted for a request; empty if they are."""
    for each in drafts:
        if each.refusal:
            return each.refusal
    present = support_request.attachments.aggregate(number=Count("pk"), size=Sum("size"))
    most, room = settings.ATTACHMENT_MAX_FILES, settings.ATTACHMENT_MAX_TOTAL_BYTES
    if present["number"] + len(drafts) > most:
        return f"A request has no more than {most} files; this one has {present['number']}."
    if (present["size"] or 0) + sum(each.taken.size for each in drafts) > room:
        return (
            f"The files of a request have no more than {filesizeformat(room)} together; "
            "there is no room for this."
        )
    return ""


def why_not_again(support_request: SupportRequest, drafts: Sequence[Draft]) -> str:
    """A form that was sent twice attaches once."""
    for each in drafts:
        same = support_request.attachments.filter(sha256=each.taken.sha256, name=each.upload.name)
        if same.exists():
            return f"{each.title} is attached to this request already, under the same name."
    return ""


def type_of(path: Path) -> str:
    """The type that the bytes have, whatever the name and the sender say."""
    try:
        found = puremagic.from_file(path, mime=True)
    except (puremagic.PureError, ValueError, OSError):
        found = ""
    if found and found != TEXT:
        return found[:LONGEST_TYPE]
    return TEXT if is_text(path) else UNKNOWN


def is_text(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for piece in iter(lambda: file.read(storage.CHUNK), b""):
                if b"\0" in piece:
                    return False
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def safe_name(given: str) -> str:
    """A name that is accepted, made of one that nobody can be asked to change: a mail's."""
    bare = given.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", "".join(one for one in bare if visible(one) == one))
    name = " ".join(plain.split())
    if not name or name in (".", ".."):
        return UNNAMED
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 20:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def verdict_of(each: Draft) -> str:
    return Attachment.Verdict.CLEAN if each.scanner else Attachment.Verdict.NOT_SCANNED
