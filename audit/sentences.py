"""Pure: what an event says in words, with its outcome, its channel and its kind of actor."""

from __future__ import annotations

from audit.kinds import Kind

CHANNELS = {
    "web": "Web",
    "api": "API",
    "admin": "Admin site",
    "command": "Command",
    "import": "Import",
    "demo": "Demo",
    "job": "Background job",
    "mail": "Mail",
    "sql": "SQL, outside the application",
}
OUTCOMES = {"done": "Done", "denied": "Refused", "failed": "Failed"}
ACTORS = {
    "user": "Person",
    "customer": "Customer",
    "key": "API key",
    "rule": "Rule",
    "job": "Background job",
    "import": "Import",
    "command": "Command",
    "anonymous": "Not signed in",
    "outside": "Outside the application",
}
LOOKING = (".viewed", "searched", "exported", ".revealed", ".hidden")
# What is odd about an event, by the key of its detail: no version holds it, and nobody who reads
# the trail should have to look for it. The value stands for the braces.
REMARKS = {
    "updates_lost_before": "Updates missing at the source before this one: {}.",
    "order_repeated": "Its order number at the source is the same as that of the one before.",
    "order_backward": "Its order number at the source is lower than that of the one before.",
    "time_backward": "Its time at the source is earlier than that of the one before.",
    "arrived_late": "A later update from the source was here before it, so it changed nothing.",
    "refers_to": "It refers to {}.",
    "not_by_its_customer": "Its sender is not the customer of that request.",
    "time_doubt": "Its time at the source is in doubt: {}.",
}


def remarks(detail: object) -> list[str]:
    """What is odd about an event, in words, whatever its detail is."""
    if not isinstance(detail, dict):
        return []
    return [words.format(detail[key]) for key, words in REMARKS.items() if detail.get(key)]


def unseen(count: int) -> str:
    """What to say of rows that are left out, as their reader may not see them."""
    rows = "1 more row" if count == 1 else f"{count:,} more rows"
    return f"{rows} changed, which you may not see." if count else ""


def said(kind: Kind, outcome: str) -> str:
    """Completes "Ana …". What did not succeed must never read as if it had."""
    if outcome == "done" or kind.name.endswith(("_denied", "_failed")):
        return kind.sentence
    if outcome == "denied":
        return f"was refused: “{kind.label}”"
    if outcome == "failed":
        return f"tried, and it failed: “{kind.label}”"
    return f"{kind.sentence} ({outcome})"


def unchanged(kind: Kind, outcome: str) -> str:
    """What to say of an event without changes, so that an empty place is never a riddle.

    Of looking nobody expects changes, and what was refused says so itself.
    """
    if outcome != "done" or kind.name.endswith(LOOKING):
        return ""
    return "No field that is recorded here was changed."


def cause(kind: str, label: str, version: str) -> str:
    """For example "rule Large refunds, version 3"; a label that names its kind is enough."""
    named_by_label = label.casefold().startswith(kind.casefold())
    words = label if named_by_label else f"{kind} {label}".strip()
    return f"{words}, version {version}" if version else words


def named(words: dict[str, str], code: str) -> str:
    """The words for a code; a code that nobody knows any more is shown as it is."""
    return words.get(code, code.replace("_", " ").capitalize())
