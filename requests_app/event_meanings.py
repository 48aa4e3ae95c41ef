"""What the catalogue of event kinds says of this app's, besides their names and sentences."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Explanation as Means

IN_ENTITIES = "entities"


def register() -> None:
    kinds.explain(requests() | looking() | people() | imports())
    kinds.explain(work() | redactions() | due() | customers() | mail() | accounts() | desk())


def requests() -> dict[str, Means]:
    return {
        "request.opened": Means(
            "The request, its message and what came in are new; each file with its hash and size.",
            ("files",),
        ),
        "request.first_seen": Means("Nobody knows who opened it: the source did not say."),
        "request.updated": Means(
            "Read from a log; what changed is in the versions, what is odd in the detail.",
            ("updates_lost_before", "order_repeated", "order_backward", "time_backward",
             "arrived_late", "time_doubt"),
        ),
        "request.taken": Means("The person is the assignee from then on."),
        "request.triaged": Means("Its priority and category are said; nobody works on it yet."),
        "request.assigned": Means("Somebody else is the assignee from then on."),
        "request.handed_over": Means("The assignee passed it on, with a reason."),
        "request.waiting_started": Means("The status says for whom or what it waits."),
        "request.noted": Means("Customers never see notes."),
        "request.replied": Means("The customer sees it."),
        "request.marked_duplicate": Means("It goes on in the original, which this one names."),
        "request.duplicate_found": Means("Stands in the trail of the original.", ("duplicate",)),
        "request.duplicate_withdrawn": Means("Stands in the trail of the original.",
                                             ("duplicate",)),
        "request.resolved": Means("With how it ended and a note. It may still be reopened."),
        "request.closed": Means("It still takes notes, files and redactions, and may be reopened."),
        "request.reopened": Means("Who closed or resolved it, and why, stays in the trail."),
    }  # fmt: skip


def looking() -> dict[str, Means]:
    return {
        "request.viewed": Means("Once per person, request and quarter of an hour."),
        "request.view_denied": Means("There is such a request, and the person may not see it."),
        "request.list_searched": Means(
            "Shown to those alone who audit all entities it went through.",
            ("query_sha256", "count", IN_ENTITIES),
        ),
        "request.list_exported": Means(
            "Shown to those alone who audit all entities it went through.",
            ("filter", "rows", "columns", "file_sha256", IN_ENTITIES),
        ),
    }


def people() -> dict[str, Means]:
    return {
        "person.password_changed": Means("Neither the password nor its hash is recorded."),
        "person.password_rehashed": Means("The same password, kept more safely."),
        "role.granted": Means("The version says which role, in which entity, from and to when."),
        "role.ended": Means("The grant stays, with its last day."),
        "session.signed_in": Means("With the address and the browser it came from."),
        "session.sign_in_failed": Means("Kept is the name of an account, and nothing of others.",
                                        ("username_tried", "username_known")),
        "session.signed_out": Means("By the person; the session opens nothing any more."),
    }  # fmt: skip


def imports() -> dict[str, Means]:
    return {
        "import.started": Means("A log from outside is read: the run names the file by its hash."),
        "import.finished": Means("The run says how many rows came in, stood here or were wrong."),
        "import.stopped": Means("It goes on where it was when it is started again."),
        "import.failed": Means("What came in until then stays."),
        "demo.loaded": Means("Everything before it in this trail is made up.",
                             ("requests", "seed")),
    }  # fmt: skip


def work() -> dict[str, Means]:
    return {
        "request.answered": Means("The customer wrote again."),
        "request.resumed": Means("It no longer waits."),
        "request.rejected": Means("What was asked for will not be done; the reason says why."),
        "request.cancelled": Means("It ends without a resolution."),
        "request.priority_changed": Means("Its due dates follow the level of the new priority."),
        "request.category_changed": Means("Rules assign by the category it was opened with."),
        "request.facts_corrected": Means("What was asked for, by which papers, through whom; the "
                                         "original stays as it came."),
        "request.customer_changed": Means("It belongs to another customer of its entity."),
        "request.customer_merged": Means("Its customer was merged into another, or taken out.",
                                         ("customer", "merge")),
        "request.message_corrected": Means("A new message says it right; the old one stays.",
                                           ("message", "files")),
        "request.file_attached": Means("Each file with its hash and size.", ("files",)),
        "request.file_downloaded": Means("Once per person, file and quarter of an hour."),
        "request.file_refused": Means("What is stored does not match its hash, or is gone.",
                                      ("why", "sha256")),
        "request.list_changed": Means("What was asked for; each request has an event because of "
                                      "this one.", ("act", "count", IN_ENTITIES)),
        "request.export_asked": Means("Too large to wait for: a worker writes it.",
                                      ("export", "rows")),
        "request.export_failed": Means("There is no file; whoever asked may ask again.",
                                       ("export", "error")),
        "request.export_taken": Means("The file left the application.", ("export", "file_sha256")),
        "request.log_exported": Means("The file left the application.",
                                      ("log", "rows", "columns", "file_sha256")),
        "request.original_downloaded": Means("What came in, byte by byte.", ("sha256",)),
    }  # fmt: skip


def redactions() -> dict[str, Means]:
    return {
        "request.redacted": Means("The text is gone from the row and its versions; this stays."),
        "contact.redacted": Means("Name and address are gone from the row and its versions."),
        "message.redacted": Means("The text is gone from the row and its versions; this stays.",
                                  ("message",)),
        "attachment.redacted": Means("The bytes and the name are gone; hash and size stay.",
                                     ("file", "sha256", "bytes")),
    }  # fmt: skip


def due() -> dict[str, Means]:
    once = "Once per due date, by the worker."
    ended = "It stays, and is not in use any more."
    return {
        "request.due_date_changed": Means("By hand; it knows no pause."),
        "request.due_dates_recomputed": Means("By the calendar and the level now in use."),
        "request.due_soon": Means(once, ("job",)),
        "request.due_breached": Means(once, ("job",)),
        "request.first_response_breached": Means(once, ("job",)),
        "calendar.added": Means("It replaces none: one is in use at a time."),
        "calendar.changed": Means("Dates that were computed stay until computed again."),
        "calendar.ended": Means(ended),
        "service_level.added": Means("For one priority of an entity."),
        "service_level.changed": Means("Dates that were computed stay until computed again."),
        "service_level.ended": Means(ended),
        "rule.added": Means("It names itself as the cause of whatever it does."),
        "rule.changed": Means("It acts by its new version from then on."),
        "rule.ended": Means(ended),
        "rule.skipped": Means("The version says why; said once until it works again."),
        "rule.recovered": Means("What kept it from acting is over."),
        "due_settings.view_denied": Means("The person may not see these settings."),
    }


def customers() -> dict[str, Means]:
    return {
        "customer.added": Means("The version holds name, e-mail and phone; the event does not."),
        "customer.facts_changed": Means("The version says which of its fields."),
        "customer.address_added": Means("The version holds the address."),
        "customer.address_changed": Means("The version before holds the old one."),
        "customer.address_ended": Means("It is not in use any more, and stays."),
        "customer.address_made_primary": Means("The one before stays as a further address."),
        "customer.deactivated": Means("No new request may be opened for it."),
        "customer.reactivated": Means("New requests may be opened for it again."),
        "customer.merged": Means("Its requests moved to the other, each with an event.", ("into",)),
        "customer.merge_received": Means("Stands in the trail of the one that stays.",
                                         ("customer", "merge")),
        "customer.unmerged": Means("What the merge moved came back.", ("from",)),
        "customer.merge_undone": Means("Stands in the trail of the one it was merged into.",
                                       ("customer",)),
        "customer.viewed": Means("Once per person, customer and quarter of an hour."),
        "customer.view_denied": Means("There is such a customer, and the person may not see it."),
        "customer.list_searched": Means("The words are kept as a hash alone.",
                                        ("query_sha256", "count", IN_ENTITIES)),
        "customer.revealed": Means("Who otherwise sees pseudonyms saw the names, for a purpose.",
                                   ("purpose", "customers", "refusal")),
        "customer.hidden": Means("Before the time it was shown for was over."),
    }  # fmt: skip


def mail() -> dict[str, Means]:
    return {
        "mail.received": Means("The row says where it was put; its bytes are kept.",
                               ("refers_to", "not_by_its_customer")),
        "mail.routed": Means("It stood on no request before."),
        "mail.set_aside": Means("Its bytes are kept for a person to look at."),
        "mail.turned_away": Means("Nothing of it is kept but this.", ("sha256", "size")),
        "mail.sent": Means("The server of outgoing mail has taken it."),
        "mail.delayed": Means("It is tried again; the version says when and why."),
        "mail.failed": Means("A person must send it again or reach the customer otherwise."),
        "mail.returned": Means("Another server could not deliver it."),
        "mail.queued_again": Means("The same bytes, because a person asked."),
        "mail.downloaded": Means("Byte by byte as it left or came.", ("sha256",)),
        "mail.list_viewed": Means("Once per person and quarter of an hour."),
        "mail.undelivered_viewed": Means("Once per person and quarter of an hour."),
        "mail.view_denied": Means("There is such a mail, and the person may not see it."),
        "mailbox.added": Means("No password is ever kept, only the name of its variable."),
        "mailbox.changed": Means("Its address never changes."),
        "mailbox.fetch_failed": Means("Once, until it works again; what the server said is no "
                                      "part of it.", ("cause",)),
        "mailbox.fetch_resumed": Means("What kept it, and for how long.", ("cause", "seconds")),
        "mail.dismissed": Means("Nobody needs to act on it; it stands on another list."),
        "mail.restored": Means("It waits for somebody again."),
    }  # fmt: skip


def accounts() -> dict[str, Means]:
    return {
        "person.added": Means("Without a role the person sees nothing."),
        "person.changed": Means("By an administrator."),
        "person.profile_changed": Means("By the person."),
        "person.email_changed": Means("The version holds the address."),
        "person.invited": Means("The link itself is never recorded.", ("link",)),
        "person.deactivated": Means("The person cannot sign in; what they did stays theirs."),
        "person.reactivated": Means("The person may sign in again."),
        "person.password_link_asked": Means("The link itself is never recorded."),
        "person.password_reset": Means("Neither the password nor its hash is recorded."),
        "person.totp_added": Means("Its secret is never recorded."),
        "person.totp_removed": Means("The password alone signs in from then on."),
        "person.second_step_reset": Means("By an administrator, for who lost it."),
        "person.recovery_codes_made": Means("The codes before work no more."),
        "person.recovery_codes_removed": Means("None of them works any more."),
        "person.recovery_code_used": Means("It works once.", ("left",)),
        "session.code_refused": Means("The code itself is not kept."),
        "session.expired": Means("Unused for too long, or open for too long.", ("limit",)),
        "session.ended": Means("Named by prints that open nothing.", ("sessions",)),
        "session.throttled": Means("Once until the limit has passed.",
                                   ("action", "limit_of", "seconds")),
    }  # fmt: skip


def desk() -> dict[str, Means]:
    return {
        "entity.added": Means("Requests, people's roles and money belong to an entity."),
        "entity.changed": Means("The version says which of its fields."),
        "process.started": Means(
            "A web server or a worker; the clock is that of its machine. It names those before it "
            "whose ends nobody told.",
            ("process", "host", "pid", "version", "clock_offset_ms", "clock_synchronized",
             "left_behind"),
        ),
        "process.stopped": Means("In an orderly way.", ("process", "host", "pid", "version",
                                                        "started", "error")),
        "clock.measured": Means(
            "Hourly, by a worker: how far the database is ahead of its machine.",
            ("host", "clock_offset_ms", "clock_synchronized", "due_at"),
        ),
        "job.retried": Means("Background work that had failed is done again.", ("job", "task")),
        "storage.measured": Means("Nightly, so that growth can be told.", ("tables", "due_at")),
        "storage.swept": Means("Files that no row needs are gone.",
                               ("redacted", "unfinished", "orphans")),
        "view.saved": Means("A filter by a name, for its owner."),
        "view.renamed": Means("The version before has the old name."),
        "view.shared": Means("Everybody with a role in the entity may use it.", ("shared_with",)),
        "view.unshared": Means("It is its owner's alone again.", ("shared_with",)),
        "view.ended": Means("It stays known, and is offered no more."),
    }  # fmt: skip
