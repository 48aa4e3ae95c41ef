"""What the catalogue of event kinds says of this app's, besides their names and sentences."""

from __future__ import annotations

from audit import kinds
from audit.kinds import Explanation as Means

IN_ENTITIES = "entities"


def register() -> None:
    kinds.explain(requests() | looking() | people() | imports())


def requests() -> dict[str, Means]:
    return {
        "request.opened": Means("The request, its message and what came in are new."),
        "request.first_seen": Means("Nobody knows who opened it: the source did not say."),
        "request.updated": Means(
            "Read from a log; what changed is in the versions, what is odd in the detail.",
            ("updates_lost_before", "order_repeated", "order_backward", "time_backward",
             "arrived_late", "time_doubt"),
        ),
        "request.taken": Means("The person is the assignee from then on."),
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
        "request.closed": Means("Nothing but reopening changes it from then on."),
        "request.reopened": Means("Who closed or resolved it, and why, stays in the trail."),
    }  # fmt: skip


def looking() -> dict[str, Means]:
    return {
        "request.viewed": Means("Once per person, request and quarter of an hour."),
        "request.view_denied": Means("There is such a request, and the person may not see it."),
        "request.list_searched": Means(
            "Shown to those alone who audit all entities it went through.",
            ("query", "query_sha256", "count", IN_ENTITIES),
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
        "session.sign_in_failed": Means("The name that was tried is kept, the password is not.",
                                        ("username_tried",)),
        "session.signed_out": Means("A session that ends by itself leaves no event."),
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
