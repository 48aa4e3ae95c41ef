"""Two texts to readable differences, in bounded time whatever the texts are.

Lines are aligned first and words only inside changed lines. All of it is charged to a `Work`
account; what the account cannot pay for is shown whole, and a notice says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from audit.diffs.alignment import Run, Work, align, common_ends, interned
from audit.diffs.values import visible

Op = Literal["same", "removed", "added", "folded"]
Edit = tuple[str, str, str]  # text both sides share, then what was removed, then what was added

CHARACTERS_PER_STEP = 20  # splitting and joining run at the speed of C
TOKEN_CAP = 2_000  # on either side of one edit, without what both share at its ends
TOKENS_READ = 20_000
EDIT_CAP = 1_000  # more take longer to render than to compare, and nobody reads them
CONTEXT_LINES = 3
FOLD_FROM = 2  # a fold takes a line itself
LONG_LINE = 400
LONG_WORD = 300
ACCENT_CAP = 2_000  # normalising is quadratic in a run of combining marks

NOTICE_SPACING = "only spacing changed"
NOTICE_CASE = "only upper and lower case changed"
NOTICE_SPACING_AND_CASE = "only spacing and upper and lower case changed"
NOTICE_ACCENTS = "looks the same: only the way accented letters are stored changed"
NOTICE_WHOLE = "too long or too different to compare word by word; shown whole"
NOTICE_PARTLY_WHOLE = "parts are too long or too different to compare word by word; shown whole"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of raw text; `lines` counts what a folded one hides.

    Same, folded and removed segments joined are exactly the old text; same, folded and added
    ones the new text.
    """

    op: Op
    text: str
    lines: int = 0

    @property
    def shown(self) -> str:
        return visible(self.text)

    @property
    def hides(self) -> str:
        return f"{self.lines} unchanged lines"


@dataclass(frozen=True, slots=True)
class TextDiff:
    segments: tuple[Segment, ...]
    notice: str


def compare(before: str, after: str, work: Work | None = None) -> TextDiff:
    """Differences of two unequal texts. Linear but for the steps charged to `work`."""
    work = Work() if work is None else work
    refusals = work.refusals
    whole: Edit = ("", before, after)
    if not work.spend((len(before) + len(after)) // CHARACTERS_PER_STEP):
        return TextDiff(tuple(_segments([whole])), NOTICE_WHOLE)
    lines = list(_lines(before, after, work))
    edits = [edit for line in lines for edit in _words(*line, work)]
    for coarser in (lines, [whole]):
        if len(edits) > EDIT_CAP:
            work.refusals += 1
            edits = coarser
    segments = tuple(_folded(_segments(edits)))
    notice = likeness(before, after)
    if not notice and work.refusals > refusals:
        is_whole = all(segment.op in ("removed", "added") for segment in segments)
        notice = NOTICE_WHOLE if is_whole else NOTICE_PARTLY_WHOLE
    return TextDiff(segments, notice)


def likeness(before: str, after: str) -> str:
    """In words, what two unequal texts still share: all but spacing, case or stored accents."""
    if _spaced_alike(before, after):
        return NOTICE_SPACING
    if before.lower() == after.lower():
        return NOTICE_CASE
    if _spaced_alike(before.lower(), after.lower()):
        return NOTICE_SPACING_AND_CASE
    if max(len(before), len(after)) <= ACCENT_CAP and _normal(before) == _normal(after):
        return NOTICE_ACCENTS
    return ""


def _spaced_alike(before: str, after: str) -> bool:
    return before.split() == after.split()


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


_SENTENCE_END = re.compile(r"[.!?]\s+|[\u3002\uff01\uff1f]\s*")


def units(text: str) -> list[str]:
    """The lines of a text with their ends; a line too long to be one unit is cut by sentence."""
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        if len(line) <= LONG_LINE:
            found.append(line)
            continue
        start = 0
        for end in _SENTENCE_END.finditer(line):
            found.append(line[start : end.end()])
            start = end.end()
        if start < len(line):
            found.append(line[start:])
    return found


def _lines(before: str, after: str, work: Work) -> Iterator[Edit]:
    old, new = units(before), units(after)
    if not work.spend(len(old) + len(new)):
        return iter([("", before, after)])
    return _edits(old, new, align(*interned(old, new), work))


def _edits(old: Sequence[str], new: Sequence[str], runs: Iterable[Run]) -> Iterator[Edit]:
    """Turns matching runs into edits: shared text first, then what replaced what."""
    shared: list[str] = []
    i = j = 0
    for start_old, start_new, length in [*runs, (len(old), len(new), 0)]:
        removed, added = "".join(old[i:start_old]), "".join(new[j:start_new])
        if removed or added:
            yield "".join(shared), removed, added
            shared = []
        i, j = start_old + length, start_new + length
        shared += old[start_old:i]
    if shared:
        yield "".join(shared), "", ""


_PUNCTUATION = r"!-/:-@\[-^`{-~\xa1\xab\xbb\xbf\u2010-\u2027\u2030-\u205e\u3001-\u303f\uff01-\uff0f"
_IDEOGRAPH = r"\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_CHUNK = re.compile(
    r"(?<!\S)[A-Z]{3}[ \xa0][-+]?\d\S*"  # EUR 1,250.00
    r"|(?<!\S)[A-Z]{2}\d\d(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?(?!\w)"  # IBAN in groups
    rf"|\s+|[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+"
)
_PIECE = re.compile(
    rf"\d+(?:[.,:/-]\d+)*|[^{_PUNCTUATION}]+(?:['\u2019-][^{_PUNCTUATION}]+)*|[{_PUNCTUATION}]"
)
_OPENING = "([{<\"'\u00ab\u201e\u201c\u2018*_`"
_CLOSING = ".,;:!?)]}>\"'\u00bb\u201c\u201d\u2019*_`"
_WHOLE = re.compile(r"\d|@|://")


def tokens(text: str) -> Iterator[str]:
    """Words, runs of spacing and punctuation marks; joined they are the text again.

    What holds a digit, an at sign or `://` stays whole: amounts, dates, times, ids, addresses.
    """
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        if len(chunk) == 1:
            yield chunk
            continue
        body = chunk.lstrip(_OPENING)
        core = body.rstrip(_CLOSING)
        if not core or len(core) > LONG_WORD or not _WHOLE.search(core):
            yield from _PIECE.findall(chunk)
            continue
        yield from chunk[: len(chunk) - len(body)]
        yield core
        yield from body[len(core) :]


def _words(shared: str, removed: str, added: str, work: Work) -> Iterator[Edit]:
    """One edit of lines as edits of words, or as it is where words would not help to read it."""
    edits: list[Edit] = []
    if removed and added and work.spend((len(removed) + len(added)) // CHARACTERS_PER_STEP):
        edits = _word_edits(_read(removed, work), _read(added, work), work)
    if not edits:
        yield shared, removed, added
        return
    yield shared + edits[0][0], edits[0][1], edits[0][2]
    yield from edits[1:]


def _read(text: str, work: Work) -> list[str]:
    """The tokens of a text, or none where they are more than are allowed."""
    allowed = min(TOKENS_READ, work.left)
    found = list(islice(tokens(text), allowed + 1))
    work.spend(min(len(found), allowed))
    if len(found) <= allowed:
        return found
    work.refusals += 1
    return []


def _word_edits(old: list[str], new: list[str], work: Work) -> list[Edit]:
    """Empty where the sides exceed the cap or share too little to be read as an edit."""
    if not old or not new:
        return []
    start, end = common_ends(old, new)
    if max(len(old), len(new)) - start - end > TOKEN_CAP:
        work.refusals += 1
        return []
    runs = align(*interned(old, new), work)
    kept = sum(_weight(old[i : i + length]) for i, _, length in runs)
    if kept * 3 < min(_weight(old), _weight(new)):  # below a third it is confetti
        return []
    return list(_joined_over_spaces(_edits(old, new, runs)))


def _weight(words: Iterable[str]) -> int:
    """How many of them are words: neither spacing nor a punctuation mark."""
    return sum(word.isalnum() or (len(word) > 1 and not word.isspace()) for word in words)


def _joined_over_spaces(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Two replaced words with only a space between them read better as one replacement."""
    last: Edit | None = None
    for edit in edits:
        shared, removed, added = edit
        if last is None:
            last = edit
        elif shared.isspace() and "\n" not in shared and all((*last[1:], removed, added)):
            last = (last[0], last[1] + shared + removed, last[2] + shared + added)
        else:
            yield last
            last = edit
    if last is not None:
        yield last


def _segments(edits: Iterable[Edit]) -> Iterator[Segment]:
    shared: list[str] = []
    for same, removed, added in edits:
        shared.append(same)
        if not removed and not added:
            continue
        if text := "".join(shared):
            yield Segment("same", text)
        shared = []
        if removed:
            yield Segment("removed", removed)
        if added:
            yield Segment("added", added)
    if text := "".join(shared):
        yield Segment("same", text)


def _folded(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Unchanged text keeps some lines around each change; the lines between them are folded."""
    listed = list(segments)
    for position, segment in enumerate(listed):
        if segment.op != "same":
            yield segment
            continue
        lines = units(segment.text)
        head = tail = 0
        # The rest of a line that changed in its middle does not count as one of its neighbours.
        if position:
            head = CONTEXT_LINES + (not listed[position - 1].text.endswith("\n"))
        if position < len(listed) - 1:
            tail = CONTEXT_LINES + (not segment.text.endswith("\n"))
        hidden = len(lines) - head - tail
        if hidden < FOLD_FROM:
            yield segment
            continue
        if head:
            yield Segment("same", "".join(lines[:head]))
        yield Segment("folded", "".join(lines[head : head + hidden]), hidden)
        if tail:
            yield Segment("same", "".join(lines[head + hidden :]))
