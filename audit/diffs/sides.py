"""Changes in two columns: what was there on the left, what came on the right, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from audit.diffs.comparison import Change
from audit.diffs.texts import Segment


@dataclass(frozen=True, slots=True)
class Line:
    """What stands opposite each other. Several lines do where none has a counterpart of its own.

    The left parts of all lines joined are exactly the old text, the right ones the new text.
    """

    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    hides: str = ""  # in words, where the lines are folded


@dataclass(frozen=True, slots=True)
class Sides:
    """One change in two columns; only a long text has `lines`."""

    change: Change
    lines: tuple[Line, ...]

    @property
    def height(self) -> int:
        """How many rows of a table it takes."""
        return max(1, len(self.lines), len(self.change.rows)) + bool(self.change.notice)


def have_sides(changes: Iterable[Change]) -> bool:
    """Whether something differs, and neither column would be empty from top to bottom."""
    return any(
        change.is_changed and "absent" not in (change.before_state, change.after_state)
        for change in changes
    )


def side_by_side(changes: Sequence[Change]) -> list[Sides]:
    """Empty where there are no two sides to show."""
    if not have_sides(changes):
        return []
    return [Sides(change, tuple(paired(change.segments))) for change in changes]


def paired(segments: Iterable[Segment]) -> Iterator[Line]:
    """A line ends where both texts have its end in common."""
    before: list[Segment] = []
    after: list[Segment] = []
    for part in _parts(segments):
        if part.op == "folded":
            yield from _line(before, after)
            shared = [Segment("same", part.text)]
            yield from _line(shared, shared, part.hides)
            before, after = [], []
            continue
        if part.op == "same" and not any(other.op == "same" for other in before + after):
            (old, before), (new, after) = _cut(before), _cut(after)
            yield from _line(old, new)
        if part.op != "added":
            before.append(part)
        if part.op != "removed":
            after.append(part)
        if part.op == "same" and part.text.endswith("\n"):
            yield from _line(before, after)
            before, after = [], []
    yield from _line(before, after)


def _parts(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Shared text as the end of a line, the lines that are shared whole, the start of the next."""
    for segment in segments:
        if segment.op != "same":
            yield segment
            continue
        first, end, rest = segment.text.partition("\n")
        whole, last_end, start = rest.rpartition("\n")
        for text in (first + end, whole + last_end, start):
            if text:
                yield Segment("same", text)


def _cut(changed: list[Segment]) -> tuple[list[Segment], list[Segment]]:
    """Lines that came or went whole, and the start of one that goes on with shared text."""
    whole, end, start = "".join(part.text for part in changed).rpartition("\n")
    lines, begun = (
        [replace(changed[0], text=text)] if text else [] for text in (whole + end, start)
    )
    return lines, begun


def _line(before: list[Segment], after: list[Segment], hides: str = "") -> Iterator[Line]:
    if before or after:
        yield Line(tuple(before), tuple(after), hides)
