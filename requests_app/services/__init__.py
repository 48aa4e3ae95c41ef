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
from requests_app.services.customers import (
    add_address,
    change_address,
    change_facts,
    clear_primary,
    deactivate,
    end_address,
    make_primary,
    reactivate,
)
from requests_app.services.ending import cancel, close, mark_duplicate, reopen, resolve
from requests_app.services.merging import merge_customers, unmerge_customer
from requests_app.services.opening import add_customer, open_request
from requests_app.services.revealing import hide, reveal
from requests_app.services.talking import answer, note, reply
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
    "add_address",
    "add_customer",
    "answer",
    "assign",
    "attach",
    "attach_all",
    "cancel",
    "change_address",
    "change_category",
    "change_customer",
    "change_facts",
    "change_priority",
    "clear_primary",
    "close",
    "deactivate",
    "end_address",
    "hand_over",
    "hide",
    "make_primary",
    "mark_duplicate",
    "merge_customers",
    "note",
    "open_request",
    "reactivate",
    "refuse",
    "reopen",
    "reply",
    "resolve",
    "resume",
    "reveal",
    "take",
    "unmerge_customer",
    "wait",
    "why_not",
    "why_not_customer",
    "why_not_hand_over",
]
