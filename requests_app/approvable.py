"""The kinds of money that are approved; apps that know money register theirs when ready."""

from __future__ import annotations

from collections.abc import Iterable

_kinds: dict[str, str] = {}


def register(kinds: Iterable[tuple[str, str]]) -> None:
    _kinds.update(kinds)


def kinds() -> dict[str, str]:
    """Each with its label."""
    return dict(_kinds)


def why_not_kinds(given: Iterable[str]) -> str:
    unknown = sorted(set(given) - set(_kinds))
    return f"“{unknown[0]}” is no kind of money that is approved." if unknown else ""
