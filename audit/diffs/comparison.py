"""Two versions of one row to a list of readable changes, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.diffs.alignment import Work
from audit.diffs.details import Details, Pair, details_of
from audit.diffs.fields import (
    ABSENT,
    NO_KEY,
    NOT_RECORDED,
    FieldSpec,
    Kind,
    Missing,
    Names,
    State,
    state_of,
)
from audit.diffs.texts import Segment
from audit.diffs.trees import Row, same
from audit.diffs.values import at_scale, decimal_of, identified, moment_of, shown, visible

Version = Mapping[str, Any] | None

NO_DETAILS = Details()
NO_MOMENTS = (None, None)
VALUES = ("value", "value")
NOTICE_SHOWN_ALIKE = "looks the same, but is stored differently"
NO_DIFFERENCES = "There are no differences between these two versions"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of two versions, ready to show.

    `before` and `after` are whole and safe to look at; the states say whether they are values
    or words for why there is none. Long texts also have `segments`, lists and JSON `rows`. Moments
    stand there in UTC; as `moments` a page has them in its own zone. What a page cuts for length
    says in `whole` which event shows all of it, and how many characters that is; `uncut` is the
    same change as it was, where the page holds that as well.
    """

    field: str
    label: str
    kind: Kind
    before: str
    after: str
    before_state: State
    after_state: State
    difference: str = ""
    segments: tuple[Segment, ...] = ()
    rows: tuple[Row, ...] = ()
    notice: str = ""
    is_changed: bool = True
    moments: tuple[datetime | None, datetime | None] = NO_MOMENTS
    whole: tuple[int, int] | None = None
    uncut: Change | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is one value and another, without parts: most of what a page shows."""
        return self.is_changed and not (self.segments or self.rows)


def changes(
    before: Version,
    after: Version,
    fields: Sequence[FieldSpec],
    names: Names | None = None,
    *,
    work: Work | None = None,
    all_fields: bool = False,
) -> list[Change]:
    """What differs, in the order of the fields; nothing for equal versions.

    None stands for a row that did not exist: `before` it was created, `after` it was deleted. A
    column that a mapping lacks was not recorded then. One `work` for all versions of a page
    bounds the page; without one, each call may take what one page should.
    """
    work = Work() if work is None else work
    found: list[Change] = []
    if not all_fields and before is not None and after is not None:
        fields = list(_unlike(before, after, fields))
    for outer, key, *values in _opened(before, after, fields):
        old, new = values
        if not all_fields and key is not None and same(old, new):
            continue
        spec = outer if key is None else _spec_of_key(outer, key, old, new)
        if spec.kind == "money":
            old, new = at_scale(old, spec, before or {}), at_scale(new, spec, after or {})
        pair = Pair(spec, old, new, before or {}, after or {}, names or {}, work)
        is_changed = _differs(pair)
        if is_changed or all_fields:
            found.append(_change(pair, is_changed=is_changed))
    return found


def field_count(before: Version, after: Version, fields: Sequence[FieldSpec]) -> int:
    """How many fields the two versions have, each key of an expanded object counted as one."""
    expanding = [spec for spec in fields if spec.expand]
    return len(fields) - len(expanding) + sum(1 for _ in _opened(before, after, expanding))


def summary(found: Sequence[Change], total: int) -> str:
    """One sentence, such as "3 of 14 fields changed: amount, status, note"."""
    changed = [change for change in found if change.is_changed]
    if not changed:
        return NO_DIFFERENCES
    verb = "changed"
    if all(change.before_state == "absent" for change in changed):
        verb = "set"
    elif all(change.after_state == "absent" for change in changed):
        verb = "removed"
    labels = ", ".join(_inside_sentence(change.label) for change in changed)
    return f"{len(changed)} of {total} {'field' if total == 1 else 'fields'} {verb}: {labels}"


def _inside_sentence(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _unlike(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[FieldSpec]
) -> Iterator[FieldSpec]:
    """Most fields of two versions are alike: left out before anything is built for them.

    Money also differs by its currency, which is another field.
    """
    for spec in fields:
        old, new = before.get(spec.name, NOT_RECORDED), after.get(spec.name, NOT_RECORDED)
        if spec.kind == "money" or not same(old, new):
            yield spec


def _differs(pair: Pair) -> bool:
    states = {state_of(pair.old), state_of(pair.new)}
    if not states & {"value", "redacted"} and states & {"absent", "not_recorded"}:
        return False  # nothing is known to have been there, and nothing is there
    return not same(pair.old, pair.new) or ("value" in states and pair.currency_differs)


def _change(pair: Pair, *, is_changed: bool) -> Change:
    spec, states = pair.spec, (state_of(pair.old), state_of(pair.new))
    details = details_of(pair) if is_changed and states == VALUES else NO_DETAILS
    before = shown(pair.old, spec, pair.old_row, pair.names)
    after = shown(pair.new, spec, pair.new_row, pair.names)
    notice = details.notice
    if before == after and is_changed and not notice and not details.rows:
        # Two people of one name, or two codes of one label, must not read as no change.
        if spec.kind in ("choice", "reference") and states[0] == "value":
            before, after = (
                f"{before} ({identified(pair.old)})",
                f"{after} ({identified(pair.new)})",
            )
        else:
            notice = NOTICE_SHOWN_ALIKE
    return Change(
        field=spec.name,
        label=visible(spec.label),
        kind=spec.kind,
        before=before,
        after=after,
        before_state=states[0],
        after_state=states[1],
        difference=details.difference,
        segments=details.segments,
        rows=details.rows,
        notice=notice,
        is_changed=is_changed,
        moments=(moment_of(pair.old), moment_of(pair.new)),
    )


def _opened(
    before: Version, after: Version, fields: Sequence[FieldSpec]
) -> Iterator[tuple[FieldSpec, str | None, object, object]]:
    """Each field with its two values; an expanded JSON object once for each of its keys."""
    for spec in fields:
        old, new = _value(before, spec.name), _value(after, spec.name)
        keys = _keys(old) | _keys(new) if spec.expand and _opens(old) and _opens(new) else set()
        if not keys:
            yield spec, None, old, new
        for key in sorted(keys):
            yield spec, key, _inner(old, key), _inner(new, key)


def _value(row: Version, name: str) -> object:
    return ABSENT if row is None else row.get(name, NOT_RECORDED)


def _opens(value: object) -> bool:
    return value is None or isinstance(value, Mapping | Missing)


def _keys(value: object) -> set[str]:
    return set(value) if isinstance(value, Mapping) else set()


def _inner(value: object, key: str) -> object:
    if isinstance(value, Mapping):
        return value.get(key, NO_KEY)
    return NO_KEY if value is None else value


def _spec_of_key(spec: FieldSpec, key: str, old: object, new: object) -> FieldSpec:
    words = key.replace("_", " ").strip() or "unnamed"
    label = words[:1].upper() + words[1:]
    return FieldSpec(f"{spec.name}.{key}", label, _kind_of(old, new))


def _kind_of(old: object, new: object) -> Kind:
    """By what is there: JSON has no field definitions."""
    values = [value for value in (old, new) if value is not None and not isinstance(value, Missing)]
    if any(isinstance(value, Mapping | list) for value in values):
        return "json"
    if values and all(isinstance(value, bool) for value in values):
        return "boolean"
    is_number = all(
        decimal_of(value) is not None and not isinstance(value, str) for value in values
    )
    return "number" if values and is_number else "text"
