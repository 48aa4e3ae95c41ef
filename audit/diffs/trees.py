"""Two lists or JSON values to rows of what was added, removed and changed, by path."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Literal

from audit.diffs.alignment import Work, align, interned
from audit.diffs.values import plain, visible

DEPTH = 20  # what lies deeper is compared and shown as one value

_SIMPLE_KEY = re.compile(r"[^\W\d][\w-]*")
_END = object()
_BYTES = (bytes, bytearray, memoryview)
_NESTED = (dict, list, tuple, Mapping)
_PLAIN = {str, int, bool, datetime, date}  # what equality alone decides between two of one type


@dataclass(frozen=True, slots=True)
class Row:
    """`path` is empty in a plain list; an index is the one after the change, unless removed."""

    op: Literal["added", "removed", "changed"]
    path: str
    before: str = ""
    after: str = ""


def same(before: object, after: object) -> bool:
    """Equal in type and value, at any depth: 1, 1.0, true and "1" differ, as do 1.0 and 1.00."""
    if before is after:
        return True
    if type(before) is type(after) and type(before) in _PLAIN:
        return before == after
    if isinstance(before, _NESTED):
        return _same_nested(before, after)
    return _same_scalar(before, after)


def _same_nested(before: object, after: object) -> bool:
    pending = [(before, after)]
    while pending:
        old, new = pending.pop()
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            if old.keys() != new.keys():
                return False
            pending.extend((old[key], new[key]) for key in old)
        elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
            if len(old) != len(new):
                return False
            pending.extend(zip(old, new, strict=True))
        elif not _same_scalar(old, new):
            return False
    return True


def _same_scalar(old: object, new: object) -> bool:
    if isinstance(old, str) and isinstance(new, str):
        return old == new
    if isinstance(old, _BYTES) and isinstance(new, _BYTES):
        return bytes(old) == bytes(new)
    if isinstance(old, Decimal) and isinstance(new, Decimal):
        return old.as_tuple() == new.as_tuple()
    if isinstance(old, float) and isinstance(new, float):
        return repr(old) == repr(new)
    if isinstance(old, int) and isinstance(new, int):
        return isinstance(old, bool) == isinstance(new, bool) and old == new
    return type(old) is type(new) and old == new


def list_rows(
    before: Sequence[object], after: Sequence[object], show: Callable[[object], str]
) -> Iterator[Row]:
    """What left the list, then what joined it; none where only the order changed."""
    old_keys, new_keys = list(map(_key, before)), list(map(_key, after))
    gone = Counter(old_keys)
    gone.subtract(new_keys)
    come = Counter({key: -count for key, count in gone.items()})
    for item in _taken(before, old_keys, gone):
        yield Row("removed", "", before=show(item))
    for item in _taken(after, new_keys, come):
        yield Row("added", "", after=show(item))


def _taken(items: Sequence[object], keys: Sequence[str], counts: Counter[str]) -> Iterator[object]:
    for item, key in zip(items, keys, strict=True):
        if counts[key] > 0:
            counts[key] -= 1
            yield item


def json_rows(before: object, after: object, work: Work) -> Iterator[Row]:
    """Differences by path, such as `address.city` or `lines[2].amount`."""
    return _walk("", before, after, work, DEPTH)


def _walk(path: str, old: object, new: object, work: Work, depth: int) -> Iterator[Row]:
    if same(old, new):
        return
    if depth and isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}, key=str):
            inner = f"{path}{_step(str(key), is_first=not path)}"
            yield from _pair(inner, old.get(key, _END), new.get(key, _END), work, depth - 1)
    elif depth and isinstance(old, list | tuple) and isinstance(new, list | tuple):
        yield from _walk_list(path, old, new, work, depth - 1)
    else:
        yield Row("changed", path, plain(old), plain(new))


def _walk_list(
    path: str, old: Sequence[object], new: Sequence[object], work: Work, depth: int
) -> Iterator[Row]:
    keys = interned(map(_key, old), map(_key, new))
    i = j = 0
    for next_i, next_j, length in [*align(*keys, work), (len(old), len(new), 0)]:
        gap = zip_longest(range(i, next_i), range(j, next_j))
        for at_old, at_new in gap:
            inner = f"{path}[{at_old if at_new is None else at_new}]"
            gone = _END if at_old is None else old[at_old]
            come = _END if at_new is None else new[at_new]
            yield from _pair(inner, gone, come, work, depth)
        i, j = next_i + length, next_j + length


def _pair(path: str, old: object, new: object, work: Work, depth: int) -> Iterator[Row]:
    if old is _END:
        yield Row("added", path, after=plain(new))
    elif new is _END:
        yield Row("removed", path, before=plain(old))
    else:
        yield from _walk(path, old, new, work, depth)


def _step(key: str, *, is_first: bool) -> str:
    if _SIMPLE_KEY.fullmatch(key):
        return key if is_first else f".{key}"
    return f"[{visible(json.dumps(key, ensure_ascii=False))}]"


def _key(item: object) -> str:
    """Equal for items that are the same, and for no others."""
    try:
        return json.dumps(item, sort_keys=True, default=repr)
    except (TypeError, ValueError, RecursionError):
        return f"at {id(item)}"
