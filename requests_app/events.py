"""The event kinds of people, customers and requests, and how they read."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Kind


def register() -> None:
    kinds.register(*requests(), *people(), *imports())


def requests() -> tuple[Kind, ...]:
    return (
        Kind("request.opened", "Request opened", "opened the request", "plus"),
        Kind("request.first_seen", "First seen in an import", "first shows this request; "
             "its creation was not logged at the source", "plus"),
        Kind("request.updated", "Updated at the source", "updated the request at the source",
             "edit", is_passive=True),
        Kind("request.taken", "Request taken", "took the request", "person"),
        Kind("request.assigned", "Request assigned", "assigned the request", "people"),
        Kind("request.handed_over", "Request handed over", "handed over the request", "swap",
             needs_reason=True),
        Kind("request.category_changed", "Category changed", "changed the category", "edit",
             is_passive=True),
        Kind("request.customer_changed", "Customer changed", "changed the customer", "person",
             needs_reason=True),
        Kind("request.waiting_started", "Waiting began", "let the request wait", "clock"),
        Kind("request.resumed", "Work resumed", "resumed the work", "play"),
        Kind("request.noted", "Note written", "wrote an internal note", "note"),
        Kind("request.marked_duplicate", "Marked as duplicate",
             "marked the request as a duplicate", "link"),
        Kind("request.duplicate_found", "Duplicate found", "found a duplicate of the request",
             "link"),
        Kind("request.duplicate_withdrawn", "Duplicate withdrawn",
             "withdrew a duplicate of the request", "link"),
        Kind("request.cancelled", "Request cancelled", "cancelled the request", "x",
             needs_reason=True),
        Kind("request.replied", "Reply sent", "replied to the customer", "message"),
        Kind("request.priority_changed", "Priority changed", "changed the priority", "flag",
             is_passive=True),
        Kind("request.resolved", "Request resolved", "resolved the request", "check"),
        Kind("request.closed", "Request closed", "closed the request", "lock"),
        Kind("request.reopened", "Request reopened", "reopened the request", "undo",
             needs_reason=True),
        Kind("request.viewed", "Request viewed", "looked at the request", "eye", is_passive=True),
        Kind("request.view_denied", "View refused", "was refused a look", "eye"),
        Kind("request.list_searched", "Requests searched", "searched the requests", "search",
             is_passive=True),
        Kind("request.list_exported", "Requests exported", "exported requests", "download"),
    )  # fmt: skip


def people() -> tuple[Kind, ...]:
    return (
        Kind("customer.added", "Customer added", "added the customer", "person"),
        Kind("person.added", "Person added", "added the person", "person"),
        Kind("person.password_changed", "Password changed", "changed the password", "key"),
        Kind("person.password_rehashed", "Password hash renewed", "renewed the password hash",
             "key", is_passive=True),
        Kind("role.granted", "Role granted", "granted the role", "key"),
        Kind("role.ended", "Role ended", "ended the role", "key", needs_reason=True),
        Kind("entity.changed", "Entity changed", "changed the entity", "edit", needs_reason=True),
        Kind("entity.added", "Entity added", "added the entity", "plus"),
        Kind("session.signed_in", "Signed in", "signed in", "key"),
        Kind("session.sign_in_failed", "Sign-in failed", "failed to sign in", "key"),
        Kind("session.signed_out", "Signed out", "signed out", "key"),
    )  # fmt: skip


def imports() -> tuple[Kind, ...]:
    return (
        Kind("import.started", "Import started", "started an import", "download"),
        Kind("import.finished", "Import finished", "finished an import", "check"),
        Kind("import.stopped", "Import stopped", "stopped an import", "download"),
        Kind("import.failed", "Import failed", "failed an import", "download"),
        Kind("demo.loaded", "Demo loaded", "loaded the demo", "plus"),
    )  # fmt: skip
