"""The verbs of support requests: one function each, and the only writers.

Every verb takes the row lock, checks the person and the status, changes, and is recorded as one
event; a refusal is recorded as denied and raised as a sentence for the person who tried.
"""

from requests_app.services.acting import (
    RequestRefused,
    Stale,
    refuse,
    why_not,
    why_not_customer,
)
from requests_app.services.attaching import attach, attach_all
from requests_app.services.correcting import correct, verb_of, why_not_correct
from requests_app.services.ending import cancel, close, mark_duplicate, reopen, resolve
from requests_app.services.opening import add_customer, open_request
from requests_app.services.redacting import (
    originals_of,
    redact_attachment,
    redact_message,
    redact_request,
)
from requests_app.services.talking import note, reply
from requests_app.services.working import (
    assign,
    change_category,
    change_customer,
    change_priority,
    hand_over,
    resume,
    take,
    wait,
    why_not_hand_over,
)

__all__ = [
    "RequestRefused",
    "Stale",
    "add_customer",
    "assign",
    "attach",
    "attach_all",
    "cancel",
    "change_category",
    "change_customer",
    "change_priority",
    "close",
    "correct",
    "hand_over",
    "mark_duplicate",
    "note",
    "open_request",
    "originals_of",
    "redact_attachment",
    "redact_message",
    "redact_request",
    "refuse",
    "reopen",
    "reply",
    "resolve",
    "resume",
    "take",
    "verb_of",
    "wait",
    "why_not",
    "why_not_correct",
    "why_not_customer",
    "why_not_hand_over",
]
