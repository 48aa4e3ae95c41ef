"""The event kinds of people, customers and requests, and how they read."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Kind
from requests_app import due_events, policy_events


def register() -> None:
    kinds.register(*requests(), *parts(), *people(), *accounts(), *customers(), *imports())
    kinds.register(*mail(), *queue())
    kinds.register(*due_events.due_dates(), *due_events.arrangements())
    policy_events.register()


def requests() -> tuple[Kind, ...]:
    return (
        Kind("request.opened", "Request opened", "opened the request", "plus"),
        Kind("request.first_seen", "First seen in an import", "first shows this request; "
             "its creation was not logged at the source", "plus"),
        Kind("request.updated", "Updated at the source", "updated the request at the source",
             "edit", is_passive=True),
        Kind("request.taken", "Request taken", "took the request", "person"),
        Kind("request.triaged", "Request triaged", "triaged the request", "flag"),
        Kind("request.assigned", "Request assigned", "assigned the request", "people"),
        Kind("request.handed_over", "Request handed over", "handed over the request", "swap",
             needs_reason=True),
        Kind("request.category_changed", "Category changed", "changed the category", "edit",
             is_passive=True),
        Kind("request.facts_corrected", "Facts corrected", "corrected the facts of the request",
             "edit", needs_reason=True),
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
        Kind("request.rejected", "Request rejected", "rejected the request", "minus",
             needs_reason=True),
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
        Kind("request.log_exported", "Log exported", "exported a log of the request", "download"),
    )  # fmt: skip


def parts() -> tuple[Kind, ...]:
    return (
        Kind("request.file_attached", "File attached", "attached a file", "clip"),
        Kind("request.file_downloaded", "File downloaded", "downloaded a file", "download",
             is_passive=True),
        Kind("request.file_refused", "File not given out",
             "asked for a file that is not any more what was stored", "alert"),
        Kind("request.message_corrected", "Message corrected", "corrected a message", "edit"),
        Kind("storage.swept", "Storage swept", "swept the storage of files", "check",
             is_passive=True),
        Kind("message.redacted", "Message redacted", "redacted a message", "redacted",
             needs_reason=True),
        Kind("attachment.redacted", "File redacted", "redacted a file", "redacted",
             needs_reason=True),
        Kind("request.redacted", "Request redacted", "redacted the description and the original",
             "redacted", needs_reason=True),
        Kind("contact.redacted", "Contact redacted", "redacted the contact of the request",
             "redacted", needs_reason=True),
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


def customers() -> tuple[Kind, ...]:
    return (
        Kind("customer.facts_changed", "Customer corrected", "corrected the customer", "edit"),
        Kind("customer.address_added", "Address added", "added an address", "plus"),
        Kind("customer.address_changed", "Address corrected", "corrected an address", "edit"),
        Kind("customer.address_ended", "Address ended", "ended an address", "x",
             needs_reason=True),
        Kind("customer.address_made_primary", "Primary address changed",
             "made an address the primary one", "swap"),
        Kind("customer.deactivated", "Customer deactivated", "deactivated the customer", "lock",
             needs_reason=True),
        Kind("customer.reactivated", "Customer reactivated", "reactivated the customer", "undo",
             needs_reason=True),
        Kind("customer.merged", "Merged into another customer",
             "merged this customer into another one", "link", needs_reason=True),
        Kind("customer.merge_received", "Another customer merged into this one",
             "merged another customer into this one", "link"),
        Kind("customer.unmerged", "Merge undone", "made this a customer of its own again", "undo",
             needs_reason=True),
        Kind("customer.merge_undone", "Merge into this one undone",
             "took a merged customer out of this one", "undo"),
        Kind("request.customer_merged", "Moved with its customer",
             "moved the request with its customer", "link"),
        Kind("customer.viewed", "Customer viewed", "looked at the customer", "eye",
             is_passive=True),
        Kind("customer.view_denied", "View of a customer refused",
             "was refused a look at the customer", "eye"),
        Kind("customer.list_searched", "Customers searched", "searched the customers", "search",
             is_passive=True),
        Kind("customer.revealed", "Personal data shown", "had the personal data shown", "eye",
             needs_reason=True),
        Kind("customer.hidden", "Personal data hidden again", "hid the personal data again",
             "lock", is_passive=True),
    )  # fmt: skip


def accounts() -> tuple[Kind, ...]:
    return (
        Kind("person.changed", "Person changed", "changed the person", "edit", needs_reason=True),
        Kind("person.deactivated", "Person deactivated", "deactivated the person", "lock",
             needs_reason=True),
        Kind("person.reactivated", "Person reactivated", "reactivated the person", "undo",
             needs_reason=True),
        Kind("person.invited", "Invitation sent", "sent an invitation", "message"),
        Kind("person.profile_changed", "Profile changed", "changed the profile", "edit",
             is_passive=True),
        Kind("person.email_changed", "E-mail changed", "changed the e-mail address", "edit"),
        Kind("person.password_link_asked", "Password link asked for",
             "asked for a link to set a password", "key"),
        Kind("person.password_reset", "Password set by link", "set a password by a link", "key"),
        Kind("person.totp_added", "Second step added", "added an authenticator app", "key"),
        Kind("person.totp_removed", "Second step removed", "removed the authenticator app", "key"),
        Kind("person.recovery_codes_made", "Recovery codes made", "made recovery codes", "key"),
        Kind("person.recovery_codes_removed", "Recovery codes removed",
             "removed the recovery codes", "key"),
        Kind("person.recovery_code_used", "Recovery code used", "used a recovery code", "key"),
        Kind("person.second_step_reset", "Second step reset", "took the second step away", "key",
             needs_reason=True),
        Kind("session.code_refused", "Code refused", "typed a wrong code", "key"),
        Kind("session.ended", "Sessions ended", "ended sessions", "leave"),
        Kind("session.expired", "Session expired", "was signed out after a while", "leave",
             is_passive=True),
        Kind("session.throttled", "Attempts limited", "tried too often", "lock"),
        Kind("storage.measured", "Storage measured", "measured the storage", "check",
             is_passive=True),
        Kind("process.started", "Process began", "began", "play", is_passive=True),
        Kind("process.stopped", "Process ended", "ended", "leave", is_passive=True),
        Kind("clock.measured", "Clock measured", "measured the clock", "clock", is_passive=True),
        Kind("job.retried", "Job tried again", "put a failed job into the queue again", "undo",
             needs_reason=True),
    )  # fmt: skip


def imports() -> tuple[Kind, ...]:
    return (
        Kind("import.started", "Import started", "started an import", "download"),
        Kind("import.finished", "Import finished", "finished an import", "check"),
        Kind("import.stopped", "Import stopped", "stopped an import", "download"),
        Kind("import.failed", "Import failed", "failed an import", "download"),
        Kind("demo.loaded", "Demo loaded", "loaded the demo", "plus"),
    )  # fmt: skip


def mail() -> tuple[Kind, ...]:
    return (
        Kind("request.answered", "Customer answered", "answered", "message"),
        Kind("request.original_downloaded", "Original taken away",
             "took away the original of the request", "download", is_passive=True),
        Kind("mail.received", "Mail received", "received a mail", "mail", is_passive=True),
        Kind("mail.set_aside", "Mail set aside", "set aside a mail that could not be read",
             "alert"),
        Kind("mail.turned_away", "Mail turned away", "turned away a mail to no mailbox of ours",
             "mail"),
        Kind("mail.routed", "Mail put on a request", "made a request of the mail", "link"),
        Kind("mail.sent", "Reply mailed", "mailed the reply", "mail", is_passive=True),
        Kind("mail.delayed", "Reply not mailed yet", "could not mail the reply yet", "clock"),
        Kind("mail.failed", "Reply not mailed", "could not mail the reply and gave up", "alert"),
        Kind("mail.returned", "Mail came back", "learned that the mail did not arrive", "alert"),
        Kind("mail.queued_again", "Mail sent again", "sent the mail again", "mail"),
        Kind("mail.downloaded", "Mail taken away", "took away a mail as it was mailed", "download",
             is_passive=True),
        Kind("mail.list_viewed", "Mail viewed", "looked at the mail on no request", "eye",
             is_passive=True),
        Kind("mail.undelivered_viewed", "Undelivered replies viewed",
             "looked at the replies that did not arrive", "eye", is_passive=True),
        Kind("mail.view_denied", "Look at a mail refused", "was refused a look at a mail", "eye"),
        Kind("mailbox.added", "Mailbox added", "added the mailbox", "plus"),
        Kind("mailbox.changed", "Mailbox changed", "changed the mailbox", "edit"),
        Kind("mailbox.fetch_failed", "Mail not fetched", "could not fetch the mail any more",
             "alert"),
        Kind("mailbox.fetch_resumed", "Mail fetched again", "fetched the mail again", "check"),
        Kind("mail.dismissed", "Mail dismissed", "dismissed the mail", "x", needs_reason=True),
        Kind("mail.restored", "Mail put back", "put the dismissed mail back on its list", "undo"),
    )  # fmt: skip


def queue() -> tuple[Kind, ...]:
    """What is done with lists of requests, and with the filters that people keep."""
    return (
        Kind("request.list_changed", "Many requests changed", "changed requests of a list",
             "people"),
        Kind("request.export_asked", "Export asked for", "asked for an export", "download",
             is_passive=True),
        Kind("request.export_failed", "Export failed", "could not finish an export", "alert"),
        Kind("request.export_taken", "Export downloaded", "downloaded an export", "download",
             is_passive=True),
        Kind("view.saved", "View saved", "saved a view", "plus", is_passive=True),
        Kind("view.renamed", "View renamed", "renamed a view", "edit", is_passive=True),
        Kind("view.shared", "View shared", "shared a view", "people", is_passive=True),
        Kind("view.unshared", "View unshared", "stopped sharing a view", "people",
             is_passive=True),
        Kind("view.ended", "View ended", "ended a view", "x", is_passive=True),
    )  # fmt: skip
