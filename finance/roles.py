"""Who may do what with the books, by role in the entity."""

from __future__ import annotations

from collections.abc import Iterable

from audit.actors import Actor
from audit.recording import Refusal
from requests_app import people, rights
from requests_app.models import Entity, Role
from requests_app.rights import Right

KEEPS_CHART = frozenset({Role.ACCOUNTANT, Role.CONTROLLER})
POSTS = frozenset({Role.ACCOUNTANT})
ASKS_ABOUT_PERIODS = frozenset({Role.ACCOUNTANT, Role.CONTROLLER})
DECIDES_ON_PERIODS = frozenset({Role.CONTROLLER, Role.EXECUTIVE})
KEEPS_INVOICES = frozenset({Role.ACCOUNTANT, Role.CONTROLLER})
DISPUTES_INVOICES = KEEPS_INVOICES | {Role.AGENT, Role.LEAD}
RIGHTS = (
    Right("books", "Read the journal, the accounts and the periods", people.READS_BOOKS),
    Right("chart", "Add and end accounts, cost centres and tax codes; import exchange rates",
          KEEPS_CHART, "Each change has its reason."),
    Right("post", "Post and reverse entries of the journal", POSTS,
          "What was posted is never changed."),
    Right("ask_period", "Ask to close a period, or to reopen it", ASKS_ABOUT_PERIODS),
    Right("decide_period", "Close or reopen a period that somebody else asked for",
          DECIDES_ON_PERIODS, "Never one that they asked for themselves."),
    Right("see_invoices", "See the invoices and their payments", people.SEES_INVOICES),
    Right("invoices", "Enter, import and void invoices; record and reverse payments",
          KEEPS_INVOICES, "What was issued is never changed."),
    Right("dispute_invoices", "Note that an invoice is disputed, and that it is settled",
          DISPUTES_INVOICES),
)  # fmt: skip


class FinanceRefused(Refusal):
    """An act on money was refused; the message says why and what to do instead."""


def register() -> None:
    rights.register(*RIGHTS)


def why_not(by: Actor, entity: Entity, roles: Iterable[Role], doing: str) -> str:
    """Why this actor may not; empty if they may. What runs without a person is a command or a
    rule, which answers for itself by its name."""
    allowed = frozenset(roles)
    if by.person is None or people.roles_in(by.person, entity.pk) & allowed:
        return ""
    names = " or ".join(sorted(str(role.label).lower() for role in allowed))
    return f"{doing} of {entity.code} needs the role {names} there."


def refuse(sentence: str) -> None:
    if sentence:
        raise FinanceRefused(sentence)
