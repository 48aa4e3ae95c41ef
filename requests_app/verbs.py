"""The verbs of the request page: what each asks for, and whether this person may do it now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.actors import Actor
from audit.standing import Standing
from requests_app import acts, intake, people, services, transitions
from requests_app.acts import ActForm
from requests_app.due_forms import DueDateForm
from requests_app.models import Message, SupportRequest


@dataclass(frozen=True)
class Verb:
    """``name`` is that of its moves, ``slug`` stands in the address, ``done`` is said after; the
    page gathers verbs by ``group``."""

    name: str
    slug: str
    label: str
    icon: str
    form: type[ActForm]
    done: str
    service: Callable[..., object]
    group: str = "Work"


@dataclass(frozen=True)
class Offer:
    """A verb on one request for one person: its form, or why there is none."""

    verb: Verb
    form: ActForm
    refusal: str

    @property
    def is_open(self) -> bool:
        """Whether its form is unfolded: it was sent and not accepted."""
        return self.form.is_bound

    @property
    def place(self) -> str:
        """Where on the page its form stands; empty where it has no fields and is a button."""
        return f"{self.verb.slug}-form" if self.form.visible_fields() else ""


ANSWER = "Answer"
# As the page offers them: first what is done every hour, then how it ends, then the facts.
VERBS = {
    verb.slug: verb
    for verb in (
        Verb("reply", "reply", "Reply", "message", acts.ReplyForm, "Your reply is on record.",
             services.reply, ANSWER),
        Verb("note", "note", "Write a note", "note", acts.NoteForm, "Your note is on record.",
             services.note, ANSWER),
        Verb("attach", "attach", "Attach files", "clip", acts.AttachForm,
             "The files are on record.",
             services.attach_all, ANSWER),
        Verb("triage", "triage", "Triage", "flag", acts.TriageForm, "The request is triaged.",
             services.triage),
        Verb("take", "take", "Take", "person", acts.TakeForm, "You have taken this request.",
             services.take),
        Verb("resume", "resume", "Resume", "play", acts.ResumeForm, "The work goes on.",
             services.resume),
        Verb("wait", "wait", "Let it wait", "clock", acts.WaitForm, "The request waits.",
             services.wait),
        Verb("assign", "assign", "Assign", "people", acts.AssignForm, "The request is assigned.",
             services.assign),
        Verb("hand_over", "hand-over", "Hand over", "swap", acts.HandOverForm,
             "The request is handed over.", services.hand_over),
        Verb("resolve", "resolve", "Resolve", "check", acts.ResolveForm, "The request is resolved.",
             services.resolve, "End"),
        Verb("close", "close", "Close", "lock", acts.CloseForm, "The request is closed.",
             services.close, "End"),
        Verb("reopen", "reopen", "Reopen", "undo", acts.ReopenForm, "The request is open again.",
             services.reopen, "End"),
        Verb("mark_duplicate", "mark-duplicate", "Mark as duplicate", "link", acts.DuplicateForm,
             "The request is a duplicate.", services.mark_duplicate, "End"),
        Verb("reject", "reject", "Reject", "minus", acts.RejectForm, "The request is rejected.",
             services.reject, "End"),
        Verb("cancel", "cancel", "Cancel", "x", acts.CancelForm, "The request is cancelled.",
             services.cancel, "End"),
        Verb("change_priority", "change-priority", "Change priority", "flag", acts.PriorityForm,
             "The priority is as you chose it.", services.change_priority, "Correct"),
        Verb("change_due_date", "change-due-date", "Change due date", "clock", DueDateForm,
             "The due date is as you chose it.", services.change_due_date, "Correct"),
        Verb("change_category", "change-category", "Change category", "edit", acts.CategoryForm,
             "The category is as you wrote it.", services.change_category, "Correct"),
        Verb("change_customer", "change-customer", "Change customer", "person", acts.CustomerForm,
             "The request is that customer's.", intake.give_to, "Correct"),
        Verb("correct_facts", "correct-facts", "Correct facts", "edit", acts.FactsForm,
             "The facts are as you wrote them.", services.correct_facts, "Correct"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """What the forms of one page share: the request, how it stood when it was read, who looks, and
    who else may work on it."""

    support_request: SupportRequest
    standing: Standing
    by: Actor
    colleagues: list[Any]

    @classmethod
    def of(cls, support_request: SupportRequest, standing: Standing, by: Actor) -> Bench:
        colleagues = people.workers(support_request.entity)
        return cls(support_request, standing, by, list(colleagues))

    def form(self, verb: Verb, data: Any = None, files: Any = None) -> ActForm:
        """Ids carry the verb, since several forms share a page; names are those of the service."""
        return verb.form(
            data, files, auto_id=f"{verb.slug}-%s", initial={"seen": str(self.standing)},
            support_request=self.support_request, colleagues=self.colleagues,
            person=self.by.person,
        )  # fmt: skip

    def offers(self, sent: Offer | None = None) -> list[Offer]:
        """Every verb; the one that was just sent keeps what was typed."""
        return [
            sent
            if sent is not None and sent.verb is verb
            else Offer(verb, self.form(verb), why_not(verb, self.support_request, self.by))
            for verb in VERBS.values()
        ]


def do(verb: Verb, support_request: SupportRequest, by: Actor, given: Mapping[str, Any]) -> str:
    """Where on the page its result stands, as a fragment. Raises Refusal, with a sentence for the
    person."""
    facts = {name: value for name, value in given.items() if name != "shown"}
    made = verb.service(support_request=support_request, by=by, **facts)
    return f"#message-{made.pk}" if isinstance(made, Message) else ""


def why_not(verb: Verb, support_request: SupportRequest, by: Actor) -> str:
    """The service's refusal, or that the verb would change nothing."""
    refusal = services.why_not(verb.name, support_request, by)
    if not refusal and verb.name == "hand_over":
        return services.why_not_hand_over(support_request)
    if refusal or verb.name != "take":
        return refusal
    is_at_work = transitions.is_at_work(
        support_request.status,
        assignee_id=support_request.assignee_id,
        person_id=by.person.pk if by.person is not None else None,
    )
    return "You work on this request already." if is_at_work else ""


def refusals(offered: list[Offer]) -> dict[str, list[Offer]]:
    """What is refused, gathered by the reason, so that one reason is said once."""
    found: dict[str, list[Offer]] = {}
    for offer in offered:
        if offer.refusal:
            found.setdefault(offer.refusal, []).append(offer)
    return found
