"""Pure: which moves a request's status allows, and why another is refused."""

from __future__ import annotations

WAITING = frozenset({"waiting_customer", "waiting_vendor", "waiting_evidence", "waiting_problem"})
WORKABLE = frozenset({"new", "triaged", "in_progress", "unknown"}) | WAITING
ENDED = frozenset({"closed", "rejected", "cancelled", "duplicate"})

# verb: the statuses it may start from, and the one it leads to (None: unchanged).
MOVES: dict[str, tuple[frozenset[str], str | None]] = {
    "take": (WORKABLE, "in_progress"),
    "reply": (WORKABLE | {"awaiting_approval", "approved", "executing", "resolved"}, None),
    "change_priority": (WORKABLE | {"awaiting_approval", "approved", "executing"}, None),
    "resolve": (WORKABLE - {"new"} | {"executing"}, "resolved"),
    "close": (frozenset({"resolved"}), "closed"),
    "reopen": (frozenset({"resolved", "closed"}), "in_progress"),
}

WORDS = {
    "take": "taken",
    "reply": "replied to",
    "change_priority": "given another priority",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "reopened",
}

NEXT_STEP = {
    ("resolve", "new"): "Take it first.",
    ("close", "in_progress"): "Resolve it first.",
    ("close", "new"): "Take and resolve it first.",
    ("reply", "closed"): "Reopen it first.",
    ("take", "resolved"): "Reopen it first.",
    ("take", "closed"): "Reopen it first.",
    ("change_priority", "resolved"): "Reopen it first.",
    ("change_priority", "closed"): "Reopen it first.",
}


def why_not(verb: str, status: str) -> str:
    """Why a verb is refused in a status, as a sentence; empty if it is allowed."""
    starts, _ = MOVES[verb]
    if status in starts:
        return ""
    if (verb, status) in (("close", "closed"), ("resolve", "resolved")):
        return f"The request is {status} already."
    words = status.replace("_", " ")
    sentence = f"A request that is {words} cannot be {WORDS[verb]}."
    hint = NEXT_STEP.get((verb, status), "")
    return f"{sentence} {hint}".strip()


def target(verb: str, status: str) -> str:
    """The status after an allowed verb."""
    return MOVES[verb][1] or status


def is_at_work(status: str, *, assignee_id: int | None, person_id: int | None) -> bool:
    """Whether the person works on the request already, so that taking it would change nothing."""
    return person_id is not None and (assignee_id, status) == (person_id, target("take", status))
