"""Finds requests by words: each must stand somewhere in the request, its customer or its messages.

Every part is an index scan; a term's requests are gathered from all places, then met with those of
the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import Exact

from requests_app import numbering, people
from requests_app.customers import reading as customers
from requests_app.models import Customer, Message, SupportRequest
from requests_app.queue import documents
from requests_app.queue.grammar import BETWEEN, Query, Term

NUMBER_TEXTS = ("number", "source_number")
REQUEST_TEXTS = (*NUMBER_TEXTS, "subject", "description")


class Sought(Func):
    """A text search query that the planner can read: its statistics tell a rare word."""

    template = "to_tsquery('simple'::regconfig, %(expressions)s)"
    output_field = SearchQueryField()


class Holds(Func):
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def holds(document: Combinable, term: Term, *texts: str) -> Q:
    """Whether a document holds the words of a term, and one of its texts has them side by side."""
    condition = Q(Holds(document, Sought(Value(term.tsquery))))
    return condition & beside(term, texts) if term.pattern else condition


def beside(term: Term, texts: Iterable[str]) -> Q:
    condition = Q()
    for text in texts:
        condition |= Q(**{f"{text}__iregex": term.pattern})
    return condition


def matches(query: Query, person: Any) -> Q:
    """Nothing is found where every part was unclear, rather than everything; and by words no more
    than the page tells this person."""
    condition = Q()
    for term in query.terms:
        condition &= Q(pk__in=requests_with(term))
        if people.hidden_from(person):
            told = customers.searchable(person, " ".join(term.words))
            condition &= told | Q(pk__in=by_number(term)) | Q(pk__in=by_ending(term))
    return condition


def requests_with(term: Term) -> Any:
    """The keys of all requests that a term stands in, of every entity; the list takes its own."""
    found = [WAYS[place](term) for place in places_of(term)]
    return found[0].union(*found[1:]) if len(found) > 1 else found[0]


def places_of(term: Term) -> list[str]:
    if term.place == "amount" and term.amount is None:
        return ["nowhere"]
    everywhere = ["request", "customer", "reply", *(["amount"] if term.amount is not None else [])]
    ends = ["ending"] if term.place in ("", "number") and is_ending(term) else []
    return [term.place, *ends] if term.place else [*everywhere, *ends]


def keys(condition: Q) -> Any:
    return SupportRequest.objects.order_by().filter(condition).values("pk")


def by_request(term: Term) -> Any:
    return keys(holds(documents.of_request(), term, *REQUEST_TEXTS))


def by_number(term: Term) -> Any:
    pattern = BETWEEN.join(term.words)
    typed = Q(number__iregex=pattern) | Q(source_number__iregex=pattern)
    return keys(holds(documents.of_request(), term, *NUMBER_TEXTS) & typed)


def is_ending(term: Term) -> bool:
    """Whether it may be the last digits of a number."""
    return len(term.words) == 1 and term.words[0].isdecimal() and not term.is_phrase


def by_ending(term: Term) -> Any:
    """27 is US-R-2026-000027, which words would find by 000027 alone."""
    return keys(Q(number__in=numbering.ending_in(term.words[0]) if is_ending(term) else []))


def by_subject(term: Term) -> Any:
    """The index tells of the whole request; of those it finds, the subjects are read."""
    whole = holds(documents.of_request(), term, "subject")
    return keys(whole & holds(documents.Words(F("subject")), term))


def by_customer(term: Term) -> Any:
    known = Customer.objects.order_by().filter(
        holds(documents.of_customer(), term, "name", "email", "reference")
    )
    return keys(customers.one_of(known, "customer_id"))


def by_reply(term: Term) -> Any:
    found = Message.objects.order_by().filter(holds(documents.of_message(), term, "body"))
    return found.values("support_request_id")


def by_message(term: Term) -> Any:
    """What was written: the description, which is the first message, and those after it."""
    whole = holds(documents.of_request(), term, "description")
    return keys(whole & holds(documents.Words(F("description")), term)).union(by_reply(term))


def by_amount(term: Term) -> Any:
    return keys(Q(Exact(documents.claimed(), Value(term.amount))))


def nowhere(_term: Term) -> Any:
    return SupportRequest.objects.none().values("pk")


WAYS: dict[str, Callable[[Term], Any]] = {
    "request": by_request,
    "number": by_number,
    "ending": by_ending,
    "subject": by_subject,
    "customer": by_customer,
    "message": by_message,
    "reply": by_reply,
    "amount": by_amount,
    "nowhere": nowhere,
}


def exact(text: str, visible: Any) -> SupportRequest | None:
    """The one request whose number was typed, whole or its end."""
    number = text.strip().upper()
    if not number or len(number) > 24:
        return None
    found = list(visible.filter(number__in=[number, *numbering.ending_in(number)])[:2])
    return found[0] if len(found) == 1 else None
