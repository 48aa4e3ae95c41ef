"""What a reader is not shown of customers: their names, addresses and numbers, also where these
stand in texts of ours, as far as we know them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

from audit.access import About, Row
from audit.models import Event
from audit.names import listed
from audit.veils import HIDDEN, told
from requests_app import people
from requests_app.customers.pseudonyms import pseudonym
from requests_app.models import Customer, CustomerAddress, SupportRequest

CUSTOMER = Customer._meta.label_lower
CONTACT = "[contact hidden]"
PART = "[name hidden]"
SHORTEST = 3  # a name of two letters would be found in half of all words
WORD = re.compile(r"[^\W\d_]{3,}")
# Words in names that name nobody: hidden, they would leave nothing to be read.
COMMON = frozenset(
    word
    for line in (
        "and company corp corporation customer customers das del der des die for gmbh group inc",
        "les limited llc ltd miss mrs plc sons the und van von",
    )
    for word in line.split()
)
SOUGHT = ("query", "q")  # where events keep what was searched for
# The entity of each request, whose it was lately, and who was to be asked: those whom a page may
# name.
OWNERS = """
    SELECT request.id, request.entity_id, request.customer_id, former.customers, former.contacts
    FROM requests_app_supportrequest request, LATERAL (
        SELECT coalesce(array_agg(DISTINCT customer_id) FILTER (WHERE customer_id > 0), '{}'),
            coalesce(array_agg(DISTINCT contact_name) FILTER (WHERE contact_name > ''), '{}')
            || coalesce(
                array_agg(DISTINCT contact_address) FILTER (WHERE contact_address > ''), '{}')
        FROM (
            SELECT customer_id, contact_name, contact_address
            FROM requests_app_historicalsupportrequest version
            WHERE version.id = request.id ORDER BY history_id DESC LIMIT 500
        ) latest
    ) former (customers, contacts) WHERE request.id = ANY (%s::bigint[])
"""
# All that some customers, and those they are merged with, were ever called and written to, and who
# is to be asked about their requests; a range of one value, so that the index of customers is read.
KNOWN = """
    WITH asked AS (
        SELECT id, coalesce(merged_into_id, id) AS stays FROM requests_app_customer
        WHERE id = ANY (%(ids)s::bigint[])
    ), wanted AS (
        SELECT own.id, asked.id AS asked_for, own.entity_id
        FROM asked JOIN requests_app_customer own
            ON own.id = asked.stays OR own.merged_into_id = asked.stays
    ), named AS (
        SELECT wanted.*, name, email, phone
        FROM wanted JOIN requests_app_historicalcustomer version ON version.id = wanted.id
    )
    SELECT id, asked_for, entity_id, 'name', name FROM named
    UNION SELECT id, asked_for, entity_id, 'email', email FROM named
    UNION SELECT id, asked_for, entity_id, 'phone', phone FROM named
    UNION SELECT wanted.id, asked_for, wanted.entity_id, 'contact', contact_name
        FROM wanted, LATERAL (
            SELECT contact_name FROM requests_app_supportrequest
            WHERE customer_id BETWEEN wanted.id AND wanted.id
            ORDER BY customer_id DESC, id DESC LIMIT 500
        ) request
    UNION SELECT wanted.id, asked_for, wanted.entity_id, version.kind, version.value
        FROM wanted JOIN requests_app_customeraddress address ON address.customer_id = wanted.id
        JOIN requests_app_historicalcustomeraddress version ON version.id = address.id
"""
IN_WORDS = {"email": "e-mail", "phone": "phone", "postal": "address"}


@dataclass(frozen=True)
class Owners:
    """The entity of a request, its customer, all customers whose it was lately, and what is known
    of the people who were to be asked about it."""

    entity_id: int
    customer_id: int | None
    all: frozenset[int]
    contacts: tuple[str, ...] = ()


@dataclass
class Known:
    """What was read for one person already; a page covers several parts of itself, one by one."""

    owners: dict[int, Owners]
    words: dict[int, dict[str, str]]  # customer to (name or address, what stands for it)
    parts: dict[int, set[str]]  # customer to the words of names


class CustomersVeil:
    """Hides the customers of some entities, but for those revealed to this person."""

    def __init__(self, person: Any, hidden: frozenset[int], about: About) -> None:
        self.person, self.hidden = person, hidden
        self.revealed: frozenset[int] = getattr(person, "_revealed", frozenset())
        known: Known | None = getattr(person, "_known", None)
        if known is None:
            known = person._known = Known({}, {}, {})
        self.known = known
        self.requests = request_ids(about)
        self.learn_owners(self.requests)
        self.customers = frozenset(self.named_by(about)) - self.revealed
        self.learn_words(self.customers)

    def named_by(self, about: About) -> Iterable[int]:
        """The customers whom these rows and events may name, in entities where they are hidden."""
        for model, row in about.rows:
            if (found := self.customer_of(model, row)) is not None:
                yield found
        for event in about.events:
            if event.subject_type == CUSTOMER and event.subject_id.isdigit():
                yield int(event.subject_id)
                yield from others_of(event.detail)
        for request_id in self.requests:
            owners = self.known.owners.get(request_id)
            if owners is not None and owners.entity_id in self.hidden:
                yield from owners.all

    def learn_owners(self, ids: set[int]) -> None:
        missing = ids - self.known.owners.keys()
        if missing:
            with connection.cursor() as cursor:
                cursor.execute(OWNERS, [listed(missing)])
                for request_id, entity_id, customer_id, former, contacts in cursor.fetchall():
                    now = {customer_id} - {None}
                    found = Owners(
                        entity_id, customer_id, frozenset({*former, *now}), tuple(contacts)
                    )
                    self.known.owners[request_id] = found

    def learn_words(self, ids: frozenset[int]) -> None:
        missing = ids - self.known.words.keys()
        if not missing:
            return
        self.known.words |= {customer_id: {} for customer_id in missing}
        self.known.parts |= {customer_id: set() for customer_id in missing}
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, {"ids": listed(missing)})
            for own_id, asked_for, entity_id, kind, value in cursor.fetchall():
                if entity_id in self.hidden and value and len(value) >= SHORTEST:
                    words = self.known.words[asked_for]
                    words[folded(value)] = self.word_for(kind, entity_id, own_id)
                    if kind in ("name", "contact"):
                        self.known.parts[asked_for] |= parts_of(value)

    def word_for(self, kind: str, entity_id: int, customer_id: int) -> str:
        if kind == "name":
            return self.called(entity_id, customer_id)
        return f"[{IN_WORDS.get(kind, kind)} hidden]"

    @cached_property
    def words(self) -> dict[str, str]:
        found = dict.fromkeys(self.contacts(), CONTACT)
        for customer_id in sorted(self.customers):
            found |= self.known.words[customer_id]
        return found

    def contacts(self) -> Iterable[str]:
        """Names and addresses of contacts that are hidden: as those of the request's customer."""
        for request_id in sorted(self.requests & self.known.owners.keys()):
            owners = self.known.owners[request_id]
            if owners.entity_id in self.hidden and owners.customer_id not in self.revealed:
                yield from (folded(each) for each in owners.contacts if len(each) >= SHORTEST)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Words of the names: a greeting has one of them alone."""
        found = {part for each in self.contacts() if "@" not in each for part in parts_of(each)}
        for customer_id in self.customers:
            found |= self.known.parts[customer_id]
        return dict.fromkeys(found, PART)

    @cached_property
    def whole(self) -> re.Pattern[str] | None:
        return pattern_of(self.words)

    @cached_property
    def single(self) -> re.Pattern[str] | None:
        return pattern_of(self.parts | self.words)

    def text(self, text: str) -> str:
        return without(text, self.single, self.parts | self.words)

    def label(self, text: str) -> str:
        return without(text, self.whole, self.words)

    def detail(self, text: str) -> str:
        """Of an event: a single word is a code."""
        return self.text(text) if " " in text else self.label(text)

    def hides(self, model: type[models.Model], row: Row) -> bool:
        entity_id = self.entity_of(row)
        if entity_id is not None and entity_id not in self.hidden:
            return False
        return self.customer_of(model, row) not in self.revealed

    def entity_of(self, row: Row) -> int | None:
        own = row.get("entity_id")
        owners = self.known.owners.get(row.get("support_request_id") or 0)
        return own if own is not None or owners is None else owners.entity_id

    def customer_of(self, model: type[models.Model], row: Row) -> int | None:
        """Whom a row tells of: the customer it is, belongs to, or was written by."""
        if model is Customer:
            return row.get("id")
        if model is CustomerAddress or "customer_id" in row:
            return row.get("customer_id")
        owners = self.known.owners.get(row.get("support_request_id") or 0)
        return owners.customer_id if owners is not None else None

    def stand_in(self, model: type[models.Model], name: str, row: Row) -> str:
        customer_id, entity_id = self.customer_of(model, row), self.entity_of(row)
        if name not in ("name", "author_label") or customer_id is None or entity_id is None:
            return HIDDEN
        return self.called(entity_id, customer_id)

    def name(self, label: str, key: str, row: Row) -> str | None:
        entity_id = self.entity_of(row)
        if label != CUSTOMER or entity_id not in self.hidden or int(key) in self.revealed:
            return None
        return self.called(entity_id, int(key))

    def called(self, entity_id: int, customer_id: int) -> str:
        return f"Customer {pseudonym(entity_id, customer_id)}"

    def event(self, event: Event) -> Event:
        told_of = copy_of(event)
        for name in ("subject_label", "on_behalf_of_label", "cause_label"):
            setattr(told_of, name, self.label(getattr(event, name)))
        told_of.reason = self.text(event.reason)
        if event.support_request_id is not None:
            told_of.subject_label = self.text(event.subject_label)  # it has the request's subject
        row = {"entity_id": event.entity_id}
        if event.subject_type == CUSTOMER and event.subject_id.isdigit():
            told_of.subject_label = (
                self.name(CUSTOMER, event.subject_id, row) or event.subject_label
            )
        if event.actor_kind == "customer":
            told_of.actor_label = self.actor(event)
        told_of.detail = self.without_search(told(self.detail, event.detail), event)
        return told_of

    def actor(self, event: Event) -> str:
        """A customer who acted, by their number where the event holds one."""
        row = {"entity_id": event.entity_id, "support_request_id": event.support_request_id}
        owners = self.known.owners.get(event.support_request_id or 0)
        key = event.actor_id if event.actor_id.isdigit() else owners and owners.customer_id
        if event.entity_id is not None and event.entity_id not in self.hidden:
            return event.actor_label
        if not key or event.entity_id is None:
            return "Customer"
        return self.name(CUSTOMER, str(key), row) or event.actor_label

    def without_search(self, detail: Any, event: Event) -> Any:
        """Others' search words are names of customers more often than not."""
        if event.actor_id == str(self.person.pk) or not isinstance(detail, Mapping):
            return detail
        return {
            key: HIDDEN if key in SOUGHT and value else self.without_search(value, event)
            for key, value in detail.items()
        }


def copy_of(event: Event) -> Event:
    """Its own dictionary is all that an event has; Django would pack and unpack it."""
    made = Event.__new__(Event)
    vars(made).update(vars(event))
    return made


def request_ids(about: About) -> set[int]:
    """The requests that these rows are, or belong to, and those of these events."""
    found = {event.support_request_id for event in about.events}
    for model, row in about.rows:
        found.add(row.get("id") if model is SupportRequest else row.get("support_request_id"))
    return {each for each in found if each is not None}


def others_of(detail: Any) -> list[int]:
    """The other customer of a merge, or of its undoing."""
    held = detail if isinstance(detail, Mapping) else {}
    found = (held.get(name) for name in ("into", "from", "customer"))
    return [each for each in found if isinstance(each, int)]


def parts_of(name: str) -> set[str]:
    return {folded(each) for each in WORD.findall(name)} - COMMON


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """The longest first: an address may begin with a name, and a name with one of its words."""
    found = sorted(words, key=len, reverse=True)
    joined = "|".join(r"\s+".join(map(re.escape, word.split())) for word in found)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if joined else None


def without(text: str, pattern: re.Pattern[str] | None, words: Mapping[str, str]) -> str:
    if pattern is None or not text:
        return text
    return pattern.sub(lambda found: words.get(folded(found[0]), HIDDEN), text)


def folded(word: str) -> str:
    return " ".join(word.casefold().split())


def veil(person: Any, about: About) -> CustomersVeil | None:
    hidden = people.hidden_from(person)
    return CustomersVeil(person, hidden, about) if hidden else None
