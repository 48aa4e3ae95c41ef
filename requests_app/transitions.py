"""Pure: which moves a request's status allows, and why another is refused."""

from __future__ import annotations

WAITING = frozenset({"waiting_customer", "waiting_vendor", "waiting_evidence", "waiting_problem"})
WORKABLE = frozenset({"new", "triaged", "in_progress", "unknown"}) | WAITING
ENDED = frozenset({"closed", "rejected", "cancelled", "duplicate"})
OVER = ENDED | {"resolved"}

IN_APPROVAL = frozenset({"awaiting_approval", "approved", "executing"})
OPEN = WORKABLE | IN_APPROVAL

# verb: the statuses it may start from, and the one it leads to (None: unchanged, or told).
MOVES: dict[str, tuple[frozenset[str], str | None]] = {
    "triage": (frozenset({"new", "unknown"}), "triaged"),
    "take": (WORKABLE, "in_progress"),
    "assign": (OPEN, None),
    "hand_over": (OPEN, None),
    "change_priority": (OPEN, None),
    "change_category": (OPEN, None),
    "change_customer": (WORKABLE, None),
    "correct_facts": (WORKABLE, None),
    "change_due_date": (OPEN, None),
    "wait": (WORKABLE - {"new"}, None),
    "resume": (WAITING, "in_progress"),
    "reply": (OPEN | {"resolved"}, None),
    "answer": (OPEN | {"resolved"}, None),
    "note": (OPEN | ENDED | {"resolved"}, None),
    "attach": (OPEN | ENDED | {"resolved"}, None),
    "resolve": (WORKABLE - {"new"} | {"executing"}, "resolved"),
    "close": (frozenset({"resolved"}), "closed"),
    "reject": (WORKABLE, "rejected"),
    "cancel": (WORKABLE, "cancelled"),
    "mark_duplicate": (WORKABLE, "duplicate"),
    "reopen": (ENDED | {"resolved"}, "in_progress"),
}

WORDS = {
    "triage": "triaged",
    "take": "taken",
    "assign": "assigned",
    "hand_over": "handed over",
    "change_priority": "given another priority",
    "change_category": "given another category",
    "change_customer": "given to another customer",
    "correct_facts": "corrected",
    "change_due_date": "given another due date",
    "wait": "set to wait",
    "resume": "resumed",
    "reply": "replied to",
    "answer": "answered by its customer",
    "note": "given a note",
    "attach": "given a file",
    "resolve": "resolved",
    "close": "closed",
    "reject": "rejected",
    "cancel": "cancelled",
    "mark_duplicate": "marked as a duplicate",
    "reopen": "reopened",
}

STATES = {
    "waiting_customer": "waiting for the customer",
    "waiting_vendor": "waiting for a vendor",
    "waiting_evidence": "waiting for evidence",
    "waiting_problem": "waiting for a known problem",
    "duplicate": "a duplicate",
    "unknown": "of unknown status",
}
# What to do first.
NEXT_STEP = {
    ("resolve", "new"): "Take it first.",
    ("wait", "new"): "Take it first.",
    ("close", "new"): "Take and resolve it first.",
    ("resume", "new"): "Take it.",
} | {("close", status): "Resolve it first." for status in MOVES["resolve"][0]}
REOPENABLE = MOVES["reopen"][0]

# What customers do; no page offers it.
BY_CUSTOMERS = frozenset({"answer"})
# What a customer's answer does besides being kept: a verb, or that it opens another request, since
# this one is over. Closed and resolved ones it reopens for so many days.
OPENS_ANOTHER = "opens_another"
ANSWERED = {
    "waiting_customer": "resume",
    "resolved": "reopen",
    "closed": "reopen",
    "rejected": OPENS_ANOTHER,
    "cancelled": OPENS_ANOTHER,
    "duplicate": OPENS_ANOTHER,
}
REOPENED_WITHIN_DAYS = {"resolved": 30, "closed": 14}


def why_not(verb: str, status: str) -> str:
    """Why a verb is refused in a status, as a sentence; empty if it is allowed."""
    starts, _ = MOVES[verb]
    if status in starts:
        return ""
    words = STATES.get(status, status.replace("_", " "))
    if MOVES[verb][1] == status or (verb, status) == ("resume", "in_progress"):
        return f"The request is {words} already."
    sentence = f"A request that is {words} cannot be {WORDS[verb]}."
    reopening = "Reopen it first." if status in REOPENABLE and verb != "close" else ""
    hint = NEXT_STEP.get((verb, status), reopening)
    return f"{sentence} {hint}".strip()


def target(verb: str, status: str) -> str:
    """The status after an allowed verb."""
    return MOVES[verb][1] or status


def is_at_work(status: str, *, assignee_id: int | None, person_id: int | None) -> bool:
    """Whether the person works on the request already, so that taking it would change nothing."""
    return person_id is not None and (assignee_id, status) == (person_id, target("take", status))
