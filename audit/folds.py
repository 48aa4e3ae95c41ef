"""Entries of a trail as a page shows them: each by itself, or several small ones as one."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from audit import moments
from audit.diffs import Change
from audit.diffs.texts import Segment
from audit.folding import Mark, runs
from audit.timeline import Entry, RowChange

# What a page of many entries shows of one text. It holds the rest folded, which paper shows, of as
# many texts as are this long together; the page of the event has all of any.
LONGEST = 1_500
KEPT = 600
HELD = 60_000
NAMED = 3
CHECKS = "trail."


@dataclass(frozen=True)
class Item:
    """One place of a page: an entry, or several in the order of the page. ``is_open`` where one of
    them was asked for; ``part`` is what else the page shows at it, such as a message."""

    entries: tuple[Entry, ...]
    is_open: bool = False
    part: Any = None

    @property
    def entry(self) -> Entry:
        return self.entries[0]

    @property
    def is_fold(self) -> bool:
        return len(self.entries) > 1

    @property
    def oldest_first(self) -> list[Entry]:
        return sorted(self.entries, key=lambda entry: entry.event.pk)

    @property
    def first(self) -> datetime:
        return min(happened(entry) for entry in self.entries)

    @property
    def last(self) -> datetime:
        return max(happened(entry) for entry in self.entries)

    @property
    def sentence(self) -> str:
        """For example "changed priority and category - 4 edits in 6 min"."""
        lasted = max(self.last - self.first, timedelta(seconds=1))
        count, length = len(self.entries), moments.span(lasted)
        if not self.net:
            return f"{self.entry.kind.sentence}, {count} times in {length}"
        labels = dict.fromkeys(label_inside(change.label) for change in self.net)
        return f"changed {enumerated(list(labels))}: {count} edits in {length}"

    @property
    def net(self) -> list[Change]:
        """What is otherwise after all of them than before, with the number of steps."""
        found: dict[tuple[str, str, str], list[Change]] = {}
        for entry in self.oldest_first:
            for row in entry.rows:
                for change in row.changes:
                    found.setdefault((row.model, row.row_id, change.field), []).append(change)
        return [net_of(steps) for steps in found.values()]


def items(
    entries: Sequence[Entry], zone: tzinfo, *, firm: Collection[str] = (), asked: int | None = None
) -> list[Item]:
    """The entries of a page, the passive ones folded. ``firm`` names fields whose changes are seen
    by themselves; ``asked`` is the event that must not be hidden in a fold."""
    marks = [mark(entry, zone, firm) for entry in entries]
    return [
        Item(tuple(entries[place] for place in run), any(entries[p].event.pk == asked for p in run))
        for run in runs(marks)
    ]


def mark(entry: Entry, zone: tzinfo, firm: Collection[str]) -> Mark:
    return Mark(who(entry), happened(entry).astimezone(zone), may_fold(entry, firm))


def who(entry: Entry) -> Hashable:
    """One actor as recorded, one channel, one cause, and one row that is changed, or one act."""
    event = entry.event
    rows = frozenset((row.model, row.row_id) for row in entry.rows)
    return (
        *(event.actor_kind, event.actor_id, event.actor_label, event.actor_role),
        *(event.on_behalf_of_id, event.on_behalf_of_label, event.channel),
        *(event.cause_kind, event.cause_id, event.cause_version),
        rows or event.kind,
    )


def may_fold(entry: Entry, firm: Collection[str]) -> bool:
    """Never: what has a reason, a refusal or a failure; rows that came or went; money; what is odd;
    checks of the trail itself; and what its kind does not declare passive."""
    if not entry.is_passive or entry.remarks or entry.kind.name.startswith(CHECKS):
        return False
    return all(row.type == "~" and not is_firm(row, firm) for row in entry.rows)


def is_firm(row: RowChange, firm: Collection[str]) -> bool:
    return any(change.kind == "money" or change.field in firm for change in row.changes)


def happened(entry: Entry) -> datetime:
    """As claimed, where somebody claims it: an import records the work of years in a second."""
    moment: datetime = entry.event.occurred_at or entry.event.recorded_at
    return moment


def net_of(steps: list[Change]) -> Change:
    first, last = steps[0], steps[-1]
    if len(steps) == 1:
        return last
    sides = (first.before_state, first.before) == (last.after_state, last.after)
    notice = f"{len(steps)} steps" + (", back to where it was" if sides else "")
    return replace(
        last, before=first.before, before_state=first.before_state, difference="", segments=(),
        rows=(), notice=notice, moments=(first.moments[0], last.moments[1]), uncut=None,
    )  # fmt: skip


def label_inside(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def enumerated(labels: list[str]) -> str:
    if len(labels) > NAMED:
        labels = [*labels[: NAMED - 1], f"{len(labels) - NAMED + 1} more fields"]
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last


def brief(entries: Iterable[Entry], held: int = HELD) -> list[Entry]:
    """The same with long texts cut, beside the whole as far as the page has room for it, and where
    they are whole: fifty texts of 100 kB are no page."""
    room = Room(held)
    return [
        replace(entry, rows=[
            replace(row, changes=[cut(change, entry, room) for change in row.changes])
            for row in entry.rows
        ])
        for entry in entries
    ]  # fmt: skip


@dataclass
class Room:
    """How many characters of texts a page may still hold beside what it shows of them."""

    left: int

    def takes(self, change: Change) -> bool:
        length = len(change.before) + len(change.after)
        if length > self.left:
            return False
        self.left -= length
        return True


def cut(change: Change, entry: Entry, room: Room) -> Change:
    longest = max(len(change.before), len(change.after))
    if longest <= LONGEST:
        return change
    found = replace(
        change, whole=(entry.event.pk, longest), uncut=change if room.takes(change) else None
    )
    if change.segments:
        return replace(found, segments=tuple(shortened(each) for each in change.segments))
    return replace(found, before=cut_text(change.before), after=cut_text(change.after))


def are_cut(entries: Iterable[Entry]) -> int:
    """How many texts stand on a page without all of them."""
    changes = (change for entry in entries for row in entry.rows for change in row.changes)
    return sum(change.whole is not None and change.uncut is None for change in changes)


def shortened(segment: Segment) -> Segment:
    if segment.op == "folded":
        return Segment("same", f"\n[{segment.hides}]\n")
    return replace(segment, text=cut_text(segment.text))


def cut_text(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:KEPT]} …"
