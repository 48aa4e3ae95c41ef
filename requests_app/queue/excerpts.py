"""Why a search found a request: the words around a match, where the list does not show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Left

from audit.access import About, access
from requests_app.models import Message
from requests_app.queue import documents
from requests_app.queue.grammar import Term
from requests_app.queue.searching import holds

AROUND = 70
EDGE = r"(?<![^\W_])"


@dataclass(frozen=True)
class Excerpt:
    """A piece of text, parted so that every second part is a match."""

    place: str
    parts: tuple[str, ...]

    @property
    def marked(self) -> list[tuple[str, bool]]:
        return [(part, bool(index % 2)) for index, part in enumerate(self.parts) if part]


def pattern_of(terms: Iterable[Term]) -> re.Pattern[str]:
    """Any of the terms, as a person would spell them. The words are letters and digits alone."""
    ways = [r"[\W_]+".join(map(re.escape, words)) for term in terms for words in term.spellings]
    return re.compile(f"({EDGE}(?:{'|'.join(sorted(ways, key=len, reverse=True))}))", re.IGNORECASE)


def attach(rows: Sequence[Any], terms: Sequence[Term], person: Any) -> None:
    """Gives each row an ``excerpt``, or None where number, subject and name say it all. At most one
    query, for the messages of those rows that need them."""
    textual = [term for term in terms if term.place != "amount"]
    for row in rows:
        missing = [term for term in textual if not is_shown(row, term)]
        row.excerpt = first(missing, other_texts(row)) if missing else None
        row.unexplained = missing if missing and row.excerpt is None else []
    unexplained = {row.pk: row for row in rows if row.unexplained}
    found = list(newest_messages(list(unexplained), textual)) if unexplained else []
    about = About([(Message, vars(each)) for each in found])
    veil = access().veil(person, about) if found else None
    for message in found:
        row, text = unexplained[message.support_request_id], message.body_start
        shown = text if veil is None else veil.text(text)
        row.excerpt = first(row.unexplained, [(message.get_kind_display(), shown)])


def is_shown(row: Any, term: Term) -> bool:
    shown = f"{row.number} {row.subject} {row.customer or ''} {row.source_number}"
    is_its_amount = term.amount is not None and term.amount == row.claimed_amount
    return is_its_amount or bool(pattern_of([term]).search(shown))


def other_texts(row: Any) -> list[tuple[str, str]]:
    texts = [("Description", row.description[: documents.LONGEST])]
    if row.customer is not None:
        texts.append(("Customer", f"{row.customer.email} {row.customer.reference}"))
    return texts


def first(terms: Sequence[Term], texts: Iterable[tuple[str, str]]) -> Excerpt | None:
    pattern = pattern_of(terms)
    for place, text in texts:
        match = pattern.search(text)
        if match is not None:
            start, end = max(match.start() - AROUND, 0), match.end() + AROUND
            before, after = "…" if start else "", "…" if end < len(text) else ""
            piece = f"{before}{text[start:end]}{after}"
            return Excerpt(place, tuple(pattern.split(" ".join(piece.split()))))
    return None


def newest_messages(request_ids: list[int], terms: Sequence[Term]) -> Iterable[Any]:
    """Of each request the newest message that holds one of the terms."""
    condition = Q()
    for term in terms:
        condition |= holds(documents.of_message(), term, "body")
    messages = Message.objects.filter(condition, support_request_id__in=request_ids).defer("body")
    messages = messages.annotate(body_start=Left("body", documents.LONGEST))
    return messages.order_by("support_request_id", "-id").distinct("support_request_id")
