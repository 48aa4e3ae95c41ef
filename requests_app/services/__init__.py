"""The verbs of support requests: one function each, and the only writers.

Every verb takes the row lock, checks the person and the status, changes, and is recorded as one
event; a refusal is recorded as denied and raised as a sentence for the person who tried.
"""

from audit.standing import Stale
from requests_app.services.acting import RequestRefused, refuse, why_not, why_not_customer
from requests_app.services.arranging import (
    add_calendar,
    add_rule,
    add_service_level,
    change_calendar,
    change_rule,
    change_service_level,
    end_calendar,
    end_rule,
    end_service_level,
    why_not_arrange,
)
from requests_app.services.attaching import attach, attach_all
from requests_app.services.claiming import correct_facts
from requests_app.services.correcting import correct, verb_of, why_not_correct
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
from requests_app.services.ending import cancel, close, mark_duplicate, reject, reopen, resolve
from requests_app.services.merging import merge_customers, unmerge_customer
from requests_app.services.opening import add_customer, open_request
from requests_app.services.redacting import (
    originals_of,
    redact_attachment,
    redact_contact,
    redact_message,
    redact_request,
)
from requests_app.services.revealing import hide, reveal
from requests_app.services.talking import answer, note, reply
from requests_app.services.timing import change_due_date, recompute, would_recompute
from requests_app.services.working import (
    assign,
    change_category,
    change_customer,
    change_priority,
    hand_over,
    resume,
    take,
    triage,
    wait,
    why_not_hand_over,
)

__all__ = [
    "RequestRefused",
    "Stale",
    "add_address",
    "add_calendar",
    "add_customer",
    "add_rule",
    "add_service_level",
    "answer",
    "assign",
    "attach",
    "attach_all",
    "cancel",
    "change_address",
    "change_calendar",
    "change_category",
    "change_customer",
    "change_due_date",
    "change_facts",
    "change_priority",
    "change_rule",
    "change_service_level",
    "clear_primary",
    "close",
    "correct",
    "correct_facts",
    "deactivate",
    "end_address",
    "end_calendar",
    "end_rule",
    "end_service_level",
    "hand_over",
    "hide",
    "make_primary",
    "mark_duplicate",
    "merge_customers",
    "note",
    "open_request",
    "originals_of",
    "reactivate",
    "recompute",
    "redact_attachment",
    "redact_contact",
    "redact_message",
    "redact_request",
    "refuse",
    "reject",
    "reopen",
    "reply",
    "resolve",
    "resume",
    "reveal",
    "take",
    "triage",
    "unmerge_customer",
    "verb_of",
    "wait",
    "why_not",
    "why_not_arrange",
    "why_not_correct",
    "why_not_customer",
    "why_not_hand_over",
    "would_recompute",
]
